import { fail, ok, type Result } from '../../foundation/result.ts';
import type { HostFacts } from './facts.ts';
import { aptInstall, rpmInstall, rpmUpgrade } from './packages.ts';
import { startEngine } from './plan-config.ts';
import { pinnedApt, rpmNames } from './plan-install.ts';
import { rootRefusal } from './root-access.ts';
import type { Refusal, Step } from './step.ts';
import { findSystem, installedPackaging, type Packaging } from './systems.ts';
import { compareVersions, pickVersion, upstreamVersion, versionMatches } from './versions.ts';

/** The engine's packages as they are. */
export interface Upgradable {
  readonly packaging: Packaging;
  /** Version of the engine's package. */
  readonly version: string;
}

/** What an engine was installed from; refused for one that no package manager can upgrade. */
export function findUpgradable(facts: HostFacts): Result<Upgradable, Refusal> {
  const { engine } = facts;
  if (engine === undefined) {
    return fail({
      message: 'the host has no Docker Engine',
      hint: 'install one: tcompose machine provision',
    });
  }
  const refusal = rootRefusal(facts);
  if (refusal !== undefined) return fail(refusal);
  const system = findSystem(facts);
  if (!system.ok) return system;
  const packaging = installedPackaging(system.value, engine.owner);
  const version = facts.packages[engine.owner ?? '']?.version;
  if (packaging === undefined || version === undefined) {
    const owner = engine.owner ?? 'no package';
    return fail({
      message: `${engine.path} belongs to ${owner}, which tcompose does not know how to upgrade`,
      hint: 'upgrade it the way it was installed',
    });
  }
  return ok({ packaging, version });
}

/** What an upgrade does. */
export interface UpgradePlan {
  /** None: it has what was asked for. */
  readonly steps: readonly Step[];
  /** Version of the package that it brings; absent: what the package manager takes. */
  readonly to?: string;
  /** What the user should know before. */
  readonly notes: readonly string[];
}

const NOTHING: UpgradePlan = { steps: [], notes: [] };

/**
 * Steps that bring the engine to a version, or to the newest of the package sources it came from; none when it has
 * that. Lists have to be fresh.
 */
export function planUpgrade(
  facts: HostFacts,
  from: Upgradable,
  wanted: string | undefined,
): Result<UpgradePlan, Refusal> {
  const { packaging, version } = from;
  const offered = facts.versions[packaging.engine] ?? [];
  const picked =
    wanted === undefined ? ok(offered[0]) : pickVersion(packaging.engine, offered, wanted);
  if (!picked.ok)
    return wanted !== undefined && versionMatches(version, wanted) ? ok(NOTHING) : picked;
  const to = picked.value;
  if (to === undefined || to === version || isStepBack(version, { to, wanted, offered })) {
    return ok(NOTHING);
  }
  const names = [packaging.engine, ...packaging.others].filter(
    (name) => facts.packages[name] !== undefined,
  );
  const title = (target: string): string => `change to ${packaging.engine} ${target}`;
  const install = (target: string, older: boolean): Step => ({
    ...installVersion(packaging.tool, names, { target, older }),
    title: title(target),
  });
  const older = compareVersions(upstreamVersion(to), upstreamVersion(version)) < 0;
  const back = offered.includes(version) ? install(version, !older) : undefined;
  const forth =
    wanted === undefined && packaging.tool !== 'apt'
      ? { ...rpmUpgrade(rpmTool(packaging.tool), names), title: title(to) }
      : install(to, older);
  return ok({ ...changeSteps(facts, { from, to }, { forth, back }), to });
}

/** Installs one version of the engine and its command, whichever is there. */
function installVersion(
  tool: Packaging['tool'],
  names: readonly string[],
  { target, older }: { readonly target: string; readonly older: boolean },
): Step {
  if (tool === 'apt') return aptInstall(pinnedApt(names, target), ['--allow-downgrades']);
  const [engine = '', ...others] = names;
  const step = rpmInstall(rpmTool(tool), rpmNames({ engine, others }, target));
  // yum takes older ones only when it is told that they are.
  const argv = step.argv.map((word) => (word === 'install' ? 'downgrade' : word));
  return tool !== 'dnf' && older ? { ...step, argv } : step;
}

function rpmTool(tool: Packaging['tool']): 'dnf' | 'yum' {
  return tool === 'dnf' ? 'dnf' : 'yum';
}

/** Versions of a package that dnf or yum lists, the newest first, without epochs, which no name of a package has. */
export function listedVersions(output: string, name: string): readonly string[] {
  const found = output.split('\n').flatMap((line) => {
    const [full = '', version = ''] = line.trim().split(/\s+/);
    return full.replace(/\.\w+$/, '') === name && /^\d/.test(version) ? [version] : [];
  });
  const plain = [...new Set(found.map((version) => version.replace(/^\d+:/, '')))];
  return plain
    .toReversed()
    .toSorted((left, right) => compareVersions(upstreamVersion(right), upstreamVersion(left)));
}

/** True when going there would be a step back that nobody asked for. */
function isStepBack(
  version: string,
  {
    to,
    wanted,
    offered,
  }: {
    readonly to: string;
    readonly wanted: string | undefined;
    readonly offered: readonly string[];
  },
): boolean {
  if (wanted !== undefined && !versionMatches(version, wanted)) return false;
  const place = offered.indexOf(version);
  return place === -1
    ? compareVersions(upstreamVersion(to), upstreamVersion(version)) < 0
    : place < offered.indexOf(to);
}

/** Changes the packages, sees that the engine starts with them, and puts them back where it does not. */
function changeSteps(
  facts: HostFacts,
  { from, to }: { readonly from: Upgradable; readonly to: string },
  { forth, back }: { readonly forth: Step; readonly back: Step | undefined },
): Pick<UpgradePlan, 'steps' | 'notes'> {
  const { packaging, version } = from;
  const start = startEngine();
  return {
    steps: [
      { ...forth, details: [`${packaging.engine}: ${version} → ${to}`] },
      {
        ...start,
        title: 'see that the engine runs',
        ...(back === undefined ? {} : { undo: [back, start] }),
      },
    ],
    notes: [
      ...restartNotes(facts),
      ...(back === undefined
        ? [`${packaging.engine} ${version} is not on offer any more: there is no way back to it`]
        : []),
    ],
  };
}

function restartNotes({ engine }: HostFacts): readonly string[] {
  const info = engine?.info;
  if (info === undefined || info.containersRunning === 0) return [];
  const count = `${info.containersRunning} container${info.containersRunning === 1 ? '' : 's'}`;
  return [
    info.liveRestore
      ? `the engine restarts; its ${count} keep running (live-restore)`
      : `the engine restarts and stops its ${count}, as live-restore is off`,
  ];
}

/** Two versions as they are told: short where that tells them apart. */
export function toldVersions(
  from: string,
  to: string,
): { readonly from: string; readonly to: string } {
  const short = { from: upstreamVersion(from), to: upstreamVersion(to) };
  return short.from === short.to && from !== to ? { from, to } : short;
}
