import type { Diagnostic } from '../compose/diagnostic.ts';
import { LABEL } from '../compose/labels.ts';
import type { Project } from '../compose/model.ts';
import type { ConfigHashes } from './config-hashes.ts';
import { resourceName } from './names.ts';
import type { Observed, ObservedNetwork } from './observed.ts';
import { matchResource, ownHash } from './resource-match.ts';

export interface NetworkDecision {
  readonly key: string;
  /** Name at the engine once the plan is done. */
  readonly name: string;
  readonly live: ObservedNetwork | undefined;
  /** `replace`: same name, the old one must go first. `rename`: both exist for a while. */
  readonly verdict: 'keep' | 'create' | 'replace' | 'rename';
}

export interface NetworkDecisions {
  readonly networks: ReadonlyMap<string, NetworkDecision>;
  readonly faults: readonly Diagnostic[];
  readonly warnings: readonly string[];
}

/** Compares the project's networks with those of the engine. Foreign ones are never touched. */
export function decideNetworks(
  project: Project,
  observed: Observed,
  hashes: ConfigHashes,
): NetworkDecisions {
  const networks = new Map<string, NetworkDecision>();
  const faults: Diagnostic[] = [];
  const warnings: string[] = [];
  for (const [key, network] of sortedEntries(project.networks)) {
    const name = resourceName(project, key, network);
    if (network.external === true) {
      const live = observed.networks.find((other) => other.name === name || other.id === name);
      if (live === undefined) faults.push(missingNetwork(key, name));
      networks.set(key, { key, name, live, verdict: 'keep' });
      continue;
    }
    const wanted = { project: project.name, key, name };
    const { live, leftovers } = matchResource('network', wanted, observed.networks);
    for (const { name: other, id } of leftovers) {
      warnings.push(
        `network "${other}" (id ${id}) carries the compose label "${key}" but does not match the compose file (using "${live?.name}"); it is left untouched — remove it manually if it is no longer needed`,
      );
    }
    if (live !== undefined) warnings.push(...foreignWarning(project, name, live));
    const hash = live === undefined ? undefined : ownHash(live, project.name);
    const same = hash === undefined || hashes.network({ ...network, name }).includes(hash);
    const verdict = live === undefined ? 'create' : driftVerdict(live, name, same);
    networks.set(key, { key, name, live, verdict });
  }
  return { networks, faults, warnings };
}

function driftVerdict(
  live: ObservedNetwork,
  name: string,
  same: boolean,
): NetworkDecision['verdict'] {
  if (same) return 'keep';
  return live.name === name ? 'replace' : 'rename';
}

function missingNetwork(key: string, name: string): Diagnostic {
  return {
    severity: 'error',
    code: 'plan/external-network-missing',
    message: `network ${name} declared as external, but could not be found`,
    path: `networks.${key}`,
    hint: `create it with "docker network create ${name}", or drop "external: true"`,
  };
}

function foreignWarning(project: Project, name: string, live: ObservedNetwork): string[] {
  const owner = live.labels[LABEL.project];
  if (owner === project.name) return [];
  const by = owner === undefined ? 'by compose' : `for project "${project.name}"`;
  return [
    `a network with name ${name} exists but was not created ${by}.\nSet \`external: true\` to use an existing network`,
  ];
}

/** Entries in the order of their keys. */
export function sortedEntries<T>(record: Readonly<Record<string, T>>): readonly [string, T][] {
  return Object.entries(record).sort(([left], [right]) => (left < right ? -1 : 1));
}
