import type { Diagnostic } from '../compose/diagnostic.ts';
import { LABEL } from '../compose/labels.ts';
import type { Project } from '../compose/model.ts';
import type { ConfigHashes } from './config-hashes.ts';
import { resourceName } from './names.ts';
import { sortedEntries } from './network-drift.ts';
import type { Observed, ObservedVolume } from './observed.ts';
import { matchResource, ownHash } from './resource-match.ts';

export interface VolumeDecision {
  readonly key: string;
  /** Name at the engine once the plan is done. */
  readonly name: string;
  readonly live: ObservedVolume | undefined;
  /**
   * `diverged`: the same name with another configuration; replacing it loses its data.
   * `rename`: a new one is made and the old one kept.
   */
  readonly verdict: 'keep' | 'create' | 'rename' | 'diverged';
}

export interface VolumeDecisions {
  readonly volumes: ReadonlyMap<string, VolumeDecision>;
  readonly faults: readonly Diagnostic[];
  readonly warnings: readonly string[];
}

/** Compares the project's volumes with those of the engine. */
export function decideVolumes(
  project: Project,
  observed: Observed,
  hashes: ConfigHashes,
): VolumeDecisions {
  const volumes = new Map<string, VolumeDecision>();
  const faults: Diagnostic[] = [];
  const warnings: string[] = [];
  for (const [key, volume] of sortedEntries(project.volumes)) {
    const name = resourceName(project, key, volume);
    if (volume.external === true) {
      const live = observed.volumes.find((other) => other.name === name);
      if (live === undefined) faults.push(missingVolume(key, name));
      volumes.set(key, { key, name, live, verdict: 'keep' });
      continue;
    }
    const wanted = { project: project.name, key, name };
    const { live, leftovers } = matchResource('volume', wanted, observed.volumes);
    for (const { name: other } of leftovers) {
      warnings.push(
        `volume "${other}" carries the compose label "${key}" but does not match the compose file (using "${live?.name}"); it is left untouched — remove it manually if it is no longer needed`,
      );
    }
    if (live === undefined) {
      volumes.set(key, { key, name, live, verdict: 'create' });
      continue;
    }
    warnings.push(...foreignWarning(project, name, live));
    const hash = ownHash(live, project.name);
    const same = hash === undefined || hashes.volume({ ...volume, name }).includes(hash);
    const verdict = same ? 'keep' : live.name === name ? 'diverged' : 'rename';
    volumes.set(key, { key, name, live, verdict });
  }
  return { volumes, faults, warnings };
}

/** A volume whose replacement loses data; only who runs the command can decide that. */
export interface DivergedVolume {
  readonly key: string;
  readonly name: string;
  /** What to ask, in the reference's words. */
  readonly question: string;
}

/** Volumes to ask about before planning; the keys that were agreed to go into `UpOptions`. */
export function divergedVolumes(
  project: Project,
  observed: Observed,
  hashes: ConfigHashes,
): readonly DivergedVolume[] {
  return [...decideVolumes(project, observed, hashes).volumes.values()]
    .filter(({ verdict }) => verdict === 'diverged')
    .map(({ key, name }) => ({
      key,
      name,
      question: `Volume "${name}" exists but doesn't match configuration in compose file. Recreate (data will be lost)?`,
    }));
}

function missingVolume(key: string, name: string): Diagnostic {
  return {
    severity: 'error',
    code: 'plan/external-volume-missing',
    message: `external volume "${name}" not found`,
    path: `volumes.${key}`,
    hint: `create it with "docker volume create ${name}", or drop "external: true"`,
  };
}

function foreignWarning(project: Project, name: string, live: ObservedVolume): string[] {
  const owner = live.labels[LABEL.project];
  if (owner === project.name) return [];
  return [
    owner === undefined
      ? `volume "${name}" already exists but was not created by Docker Compose. Use \`external: true\` to use an existing volume`
      : `volume "${name}" already exists but was created for project "${owner}" (expected "${project.name}"). Use \`external: true\` to use an existing volume`,
  ];
}
