import { fail, ok, type Result } from '../../foundation/result.ts';
import type { HostFacts } from './facts.ts';
import { aptInstall, rpmInstall, rpmUpgrade } from './packages.ts';
import { pinnedApt, rpmNames } from './plan-install.ts';
import { rootRefusal } from './root-access.ts';
import type { Refusal, Step } from './step.ts';
import { findSystem, installedPackaging, type Packaging } from './systems.ts';
import { pickVersion, upstreamVersion, versionMatches } from './versions.ts';

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

/**
 * Steps that bring the engine to a version, or to the newest of the package sources it came from; none when it has
 * that. Lists have to be fresh.
 */
export function planUpgrade(
  facts: HostFacts,
  { packaging, version }: Upgradable,
  wanted: string | undefined,
): Result<readonly Step[], Refusal> {
  if (packaging.tool !== 'apt') return ok(rpmSteps(packaging, { version, wanted }));
  const offered = facts.versions[packaging.engine] ?? [];
  if (wanted !== undefined && versionMatches(version, wanted)) return ok([]);
  const picked =
    wanted === undefined ? ok(offered[0]) : pickVersion(packaging.engine, offered, wanted);
  if (!picked.ok) return picked;
  if (picked.value === undefined || picked.value === version) return ok([]);
  const names = [packaging.engine, ...packaging.others].filter(
    (name) => facts.packages[name] !== undefined,
  );
  const step = aptInstall(
    pinnedApt(names, picked.value),
    wanted === undefined ? [] : ['--allow-downgrades'],
  );
  return ok([{ ...step, title: `upgrade to ${packaging.engine} ${picked.value}` }]);
}

function rpmSteps(
  packaging: Packaging,
  { version, wanted }: { readonly version: string; readonly wanted: string | undefined },
): readonly Step[] {
  const tool = packaging.tool === 'dnf' ? 'dnf' : 'yum';
  if (wanted === undefined) return [rpmUpgrade(tool, rpmNames(packaging, undefined))];
  if (versionMatches(version, wanted)) return [];
  const step = rpmInstall(tool, rpmNames(packaging, wanted));
  return [{ ...step, title: `change to ${packaging.engine} ${wanted}` }];
}

/** Two versions as they are told: short where that tells them apart. */
export function toldVersions(
  from: string,
  to: string,
): { readonly from: string; readonly to: string } {
  const short = { from: upstreamVersion(from), to: upstreamVersion(to) };
  return short.from === short.to && from !== to ? { from, to } : short;
}
