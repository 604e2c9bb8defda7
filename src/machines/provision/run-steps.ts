import { systemClock } from '../../foundation/clock.ts';
import { isMachineError, MachineError } from '../machine-error.ts';
import type { OnMachineEvent } from '../machine-event.ts';
import type { RunResult, SshHost } from '../ssh/ssh-host.ts';
import {
  failureMessage,
  findReason,
  isInterrupted,
  isLocked,
  isStale,
  relevantJournal,
} from './failure.ts';
import { keyFault } from './openpgp-key.ts';
import { aptUpdate, dpkgConfigure } from './packages.ts';
import { progressLine } from './progress-line.ts';
import { rootPrefix } from './root-access.ts';
import { type Step, second } from './step.ts';
import type { RootAccess } from './facts.ts';

/** What steps are run with. */
export interface StepRunner {
  readonly machine: string;
  readonly host: SshHost;
  readonly root: RootAccess;
  /** Milliseconds for another program that holds a lock; absent: five minutes. */
  readonly lockPatience?: number;
  readonly onEvent: OnMachineEvent;
  readonly signal: AbortSignal;
}

/** How long a lock that apt does not wait for is waited for. */
const LOCK_PATIENCE = 300 * second;

/**
 * Runs the steps of a plan one after the other, telling of each as it begins, goes on and ends. A step that fails
 * throws a MachineError `provision` with the reason; what it can put back it does first.
 */
export async function runSteps(steps: readonly Step[], runner: StepRunner): Promise<void> {
  for (const step of steps) {
    const started = performance.now();
    const { machine } = runner;
    if (step.quiet === true) {
      await runStep(step, runner);
      continue;
    }
    runner.onEvent({ type: 'step', machine, text: step.title });
    for (const text of step.details ?? []) runner.onEvent({ type: 'detail', machine, text });
    await runStep(step, runner);
    const took = Math.round(performance.now() - started);
    runner.onEvent({ type: 'step-done', machine, text: step.title, took });
  }
}

async function runStep(step: Step, runner: StepRunner): Promise<void> {
  const result = await runPatiently(step, runner);
  if (result.code === 0) {
    if (step.keys !== undefined) await requireKey(step, step.keys, { runner, result });
    if (step.check === undefined) return;
    const checked = await call(step.check, step, runner);
    if (checked.code === 0) return;
  }
  // Before it is put right again, as that writes to the journal too.
  const journal = step.kind === 'engine' ? await readJournal(runner) : '';
  const message = failureMessage(step, result, journal);
  const undone = await undo(step, runner);
  throw new MachineError('provision', undone === '' ? message : `${message}\n${undone}`, {
    host: runner.host.target.title,
    step: step.title,
    hint:
      findReason(`${result.stdout}\n${result.stderr}\n${journal}`)?.hint ??
      'what was begun is finished when the same command is run again',
  });
}

/** A key that nobody trusts is taken back before anything is installed by it. */
async function requireKey(
  step: Step,
  trusted: readonly string[],
  { runner, result }: { readonly runner: StepRunner; readonly result: RunResult },
): Promise<void> {
  const fault = keyFault(result.stdout, trusted);
  if (fault === undefined) return;
  const undone = await undo(step, runner);
  throw new MachineError(
    'provision',
    [`could not ${step.title}: ${fault}`, undone].join('\n').trim(),
    {
      host: runner.host.target.title,
      step: step.title,
      hint: "is it Docker's server that answers the host (proxy, DNS)? Nothing was installed with that key",
    },
  );
}

/** Runs a command, again and again as long as another program keeps it from its work. */
async function runPatiently(step: Step, runner: StepRunner): Promise<RunResult> {
  const started = performance.now();
  const patience = runner.lockPatience ?? LOCK_PATIENCE;
  let refreshed = false;
  let finished = false;
  for (;;) {
    const result = await call(step.argv, step, runner);
    if (result.code === 0 || step.kind !== 'packages') return result;
    const output = `${result.stdout}\n${result.stderr}`;
    if (isStale(output) && !refreshed) {
      refreshed = true;
      await runSteps([aptUpdate()], runner);
    } else if (isInterrupted(output) && !finished) {
      finished = true;
      await runSteps([dpkgConfigure()], runner);
    } else if (isLocked(output)) {
      const waited = performance.now() - started;
      if (waited >= patience) return { ...result, stderr: `${result.stderr}${waitedLine(waited)}` };
      const text = `${findReason(output)?.summary ?? 'a lock is held'}; waiting`;
      runner.onEvent({ type: 'detail', machine: runner.machine, text });
      await systemClock.sleep(2 * second, runner.signal);
    } else {
      return result;
    }
  }
}

async function call(argv: readonly string[], step: Step, runner: StepRunner): Promise<RunResult> {
  const { host, machine, onEvent, signal } = runner;
  let rest = '';
  const onOutput = (text: string): void => {
    const lines = `${rest}${text}`.split(/\r?\n|\r/);
    rest = lines.pop() ?? '';
    for (const line of lines) {
      const told = progressLine(line);
      if (told !== undefined) onEvent({ type: 'detail', machine, text: told });
    }
  };
  try {
    return await host.run([...rootPrefix(runner.root), ...argv], {
      signal,
      timeout: step.timeout,
      ...(step.kind === 'packages' || step.kind === 'system' ? { onOutput } : {}),
      ...(step.input === undefined || argv !== step.argv ? {} : { input: step.input }),
    });
  } catch (error) {
    if (!isMachineError(error, 'timeout', 'connection-lost')) throw error;
    throw new MachineError(error.kind, `could not ${step.title}: ${error.message}`, {
      host: host.target.title,
      step: step.title,
      hint:
        (error.kind === 'timeout' ? step.lateHint : undefined) ??
        'run the same command again: it finishes what was begun',
      cause: error,
    });
  }
}

async function readJournal(runner: StepRunner): Promise<string> {
  const argv = [...rootPrefix(runner.root), 'journalctl', '-u', 'docker.service'];
  const options = ['-n', '40', '--no-pager', '-o', 'cat'];
  const { signal } = runner;
  const result = await runner.host.run([...argv, ...options], { signal, timeout: 20 * second });
  return result.code === 0 ? relevantJournal(result.stdout) : '';
}

/** Puts back what was there before; says how that went. */
async function undo(step: Step, runner: StepRunner): Promise<string> {
  if (step.undo === undefined) return '';
  for (const back of step.undo) {
    const result = await call(back.argv, back, runner);
    if (result.code !== 0) return `The host is not as before: could not ${back.title}`;
  }
  const restarted = step.undo.some(({ kind }) => kind === 'engine');
  return restarted ? 'What was there before is back, and the engine runs with it.' : '';
}

function waitedLine(time: number): string {
  const seconds = Math.round(time / second);
  const told = seconds < 100 ? `${seconds} seconds` : `${Math.round(seconds / 60)} minutes`;
  return `\nGave up waiting for the lock after ${told}.\n`;
}
