import { MachineError } from '../machine-error.ts';
import type { OnMachineEvent } from '../machine-event.ts';
import type { SshHost } from '../ssh/ssh-host.ts';
import { findReason, lastLines } from './failure.ts';
import { gatherFacts } from './gather-facts.ts';
import type { HostFacts } from './facts.ts';
import { aptUpdate } from './packages.ts';
import { refused } from './refused.ts';
import { rootPrefix } from './root-access.ts';
import { runSteps, type StepRunner } from './run-steps.ts';
import { minute } from './step.ts';
import {
  findUpgradable,
  listedVersions,
  planUpgrade,
  toldVersions,
  type Upgradable,
} from './upgrade-plan.ts';

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
  } else {
    const { engine } = from.packaging;
    facts = { ...before, versions: { [engine]: await listVersions(runner, from) } };
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

/** What dnf or yum offers of the engine now; it fetches its lists for that. */
async function listVersions(
  { host, root, signal }: StepRunner,
  { packaging: { engine, tool } }: Upgradable,
): Promise<readonly string[]> {
  const words =
    tool === 'dnf'
      ? ['dnf', '-q', '--refresh', 'list', '--showduplicates', '--available', engine]
      : ['yum', '-q', 'list', 'available', '--showduplicates', engine];
  const argv = [...rootPrefix(root), 'env', 'LC_ALL=C', ...words];
  const { code, stdout, stderr } = await host.run(argv, { signal, timeout: 5 * minute });
  const output = `${stdout}\n${stderr}`;
  if (code === 0 || /No matching packages/i.test(output)) return listedVersions(stdout, engine);
  const said = lastLines(output, 8).map(indented).join('\n');
  throw new MachineError('provision', `could not list the versions of ${engine}:\n${said}`, {
    host: host.target.title,
    step: 'upgrade',
    hint: findReason(output)?.hint ?? `run it on the host: ${words.join(' ')}`,
  });
}

function indented(line: string): string {
  return `  ${line}`;
}

function upgradable(facts: HostFacts, host: SshHost): Upgradable {
  const found = findUpgradable(facts);
  if (!found.ok) throw refused(found.error, host.target.title);
  return found.value;
}
