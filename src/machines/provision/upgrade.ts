import { MachineError } from '../machine-error.ts';
import type { OnMachineEvent } from '../machine-event.ts';
import type { SshHost } from '../ssh/ssh-host.ts';
import { gatherFacts } from './gather-facts.ts';
import type { HostFacts } from './facts.ts';
import { aptUpdate } from './packages.ts';
import { refused } from './refused.ts';
import { runSteps } from './run-steps.ts';
import { findUpgradable, planUpgrade, toldVersions, type Upgradable } from './upgrade-plan.ts';

export interface UpgradeRequest {
  readonly machine: string;
  readonly host: SshHost;
  /** Version to change to, as `28.5`; absent: the newest of the package sources that the engine came from. */
  readonly version?: string;
  /** True: only the plan is made. */
  readonly dryRun?: boolean;
  /** Milliseconds for another program that holds a lock; absent: five minutes. */
  readonly lockPatience?: number;
  readonly onEvent: OnMachineEvent;
  readonly signal: AbortSignal;
}

export interface UpgradeReport {
  readonly from: string;
  readonly to: string;
  /** False: it has what was asked for. */
  readonly changed: boolean;
  readonly notes: readonly string[];
  /** What would be done, line by line; only where it was not done. */
  readonly plan?: readonly string[];
}

/**
 * Brings the engine of a host to a newer version of the same packages, or to a certain one, older or newer. What it
 * is going to do is told before. An engine that does not start with it gets its packages back, and the failure is
 * thrown as a MachineError `provision`.
 */
export async function upgradeEngine(request: UpgradeRequest): Promise<UpgradeReport> {
  const { host, machine, signal, onEvent, dryRun = false } = request;
  const before = await gatherFacts(host, { reach: false, signal });
  const from = upgradable(before, host);
  const runner = { ...request, root: before.root };
  let facts = before;
  if (from.packaging.tool === 'apt') {
    await runSteps([aptUpdate()], runner);
    facts = await gatherFacts(host, { reach: false, signal });
  }
  const planned = planUpgrade(facts, from, request.version);
  if (!planned.ok) throw refused(planned.error, host.target.title);
  const { steps, to, notes } = planned.value;
  if (steps.length === 0) {
    return { ...toldVersions(from.version, from.version), changed: false, notes: [] };
  }
  if (dryRun) {
    const plan = steps.flatMap(({ title, details = [] }) => [title, ...details.map(indented)]);
    return { ...toldVersions(from.version, to ?? 'the newest'), changed: false, notes, plan };
  }
  for (const text of notes) onEvent({ type: 'warning', machine, text });
  await runSteps(steps, runner);
  const after = await gatherFacts(host, { reach: false, signal });
  if (after.engine?.running !== true) {
    throw new MachineError('provision', 'the engine does not run after its upgrade', {
      host: host.target.title,
      step: 'upgrade',
      hint: 'look at `journalctl -u docker` on the host',
    });
  }
  const reached = upgradable(after, host).version;
  return { ...toldVersions(from.version, reached), changed: reached !== from.version, notes };
}

function indented(line: string): string {
  return `  ${line}`;
}

function upgradable(facts: HostFacts, host: SshHost): Upgradable {
  const found = findUpgradable(facts);
  if (!found.ok) throw refused(found.error, host.target.title);
  return found.value;
}
