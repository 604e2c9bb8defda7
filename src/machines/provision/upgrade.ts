import { MachineError } from '../machine-error.ts';
import type { OnMachineEvent } from '../machine-event.ts';
import type { SshHost } from '../ssh/ssh-host.ts';
import { gatherFacts } from './gather-facts.ts';
import type { HostFacts } from './facts.ts';
import { aptUpdate } from './packages.ts';
import { refused } from './provision-host.ts';
import { runSteps } from './run-steps.ts';
import { findUpgradable, planUpgrade, toldVersions, type Upgradable } from './upgrade-plan.ts';

export interface UpgradeRequest {
  readonly machine: string;
  readonly host: SshHost;
  /** Version to change to, as `28.5`; absent: the newest of the package sources that the engine came from. */
  readonly version?: string;
  readonly onEvent: OnMachineEvent;
  readonly signal: AbortSignal;
}

export interface UpgradeReport {
  readonly from: string;
  readonly to: string;
  /** False: it has what was asked for. */
  readonly changed: boolean;
  readonly notes: readonly string[];
}

/** Brings the engine of a host to a newer version of the same packages, or to a certain one. */
export async function upgradeEngine(request: UpgradeRequest): Promise<UpgradeReport> {
  const { host, machine, signal, onEvent } = request;
  const before = await gatherFacts(host, { reach: false, signal });
  const from = upgradable(before, host);
  const runner = { ...request, root: before.root };
  let facts = before;
  if (from.packaging.tool === 'apt') {
    await runSteps([aptUpdate()], runner);
    facts = await gatherFacts(host, { reach: false, signal });
  }
  const steps = planUpgrade(facts, from, request.version);
  if (!steps.ok) throw refused(steps.error, host.target.title);
  if (steps.value.length === 0) {
    return { ...toldVersions(from.version, from.version), changed: false, notes: [] };
  }
  const notes = restartNotes(facts);
  for (const text of notes) onEvent({ type: 'warning', machine, text });
  await runSteps(steps.value, runner);
  const after = await gatherFacts(host, { reach: false, signal });
  if (after.engine?.running !== true) {
    throw new MachineError('provision', 'the engine does not run after its upgrade', {
      host: host.target.title,
      step: 'upgrade',
      hint: 'look at `journalctl -u docker` on the host',
    });
  }
  const to = upgradable(after, host).version;
  return { ...toldVersions(from.version, to), changed: to !== from.version, notes };
}

function upgradable(facts: HostFacts, host: SshHost): Upgradable {
  const found = findUpgradable(facts);
  if (!found.ok) throw refused(found.error, host.target.title);
  return found.value;
}

function restartNotes({ engine }: HostFacts): readonly string[] {
  const info = engine?.info;
  if (info === undefined || info.liveRestore || info.containersRunning === 0) return [];
  return [
    `the engine restarts, and its ${info.containersRunning} containers with it, as live-restore is off`,
  ];
}
