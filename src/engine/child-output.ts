import { spawn } from 'node:child_process';
import { OutputTail } from './execute/output-tail.ts';

/** What a child process is asked to end with is given this long before it is killed. Milliseconds. */
const GRACE = 10_000;

export interface ChildCall {
  readonly path: string;
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly cwd: string;
  /** Called with each piece of its standard output; what it throws ends the child. */
  readonly onOutput: (text: string) => void;
  /** It is asked to end together with what it has started; it has no terminal then. */
  readonly asGroup?: boolean;
}

export interface ChildEnd {
  /** `exit status 1`, `signal: terminated`; undefined: it ended well. */
  readonly failure: string | undefined;
  /** The end of what it wrote to standard error. */
  readonly tail: string;
}

/**
 * Runs a program without input and waits for its end. An abort asks it to end, then kills it, and
 * rejects with the signal's reason once it is gone.
 */
export function runChild(call: ChildCall, signal: AbortSignal): Promise<ChildEnd> {
  return new Promise((resolve, reject) => {
    const tail = new OutputTail();
    const child = spawn(call.path, call.args, {
      env: call.env,
      cwd: call.cwd,
      stdio: ['ignore', 'pipe', 'pipe'],
      detached: call.asGroup === true,
    });
    const kill = (name: NodeJS.Signals): void => {
      if (call.asGroup === true) killGroup(child.pid, name);
      else child.kill(name);
    };
    let fault: { readonly reason: unknown } | undefined;
    let timer: NodeJS.Timeout | undefined;
    const end = (reason: unknown): void => {
      if (fault !== undefined) return;
      fault = { reason };
      kill('SIGTERM');
      timer = setTimeout(() => kill('SIGKILL'), GRACE);
    };
    const abort = (): void => {
      end(signal.reason);
    };
    const settle = (finish: () => void): void => {
      signal.removeEventListener('abort', abort);
      clearTimeout(timer);
      finish();
    };
    signal.addEventListener('abort', abort, { once: true });
    if (signal.aborted) abort();
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      if (fault !== undefined) return;
      try {
        call.onOutput(text);
      } catch (error) {
        end(error);
      }
    });
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      tail.write(text);
    });
    child.on('error', (error) => {
      settle(() => reject(error));
    });
    child.on('close', (code, signalName) => {
      settle(() => {
        if (fault !== undefined) reject(fault.reason);
        else resolve({ failure: failureOf(code, signalName), tail: tail.toString() });
      });
    });
  });
}

function killGroup(leader: number | undefined, name: NodeJS.Signals): void {
  if (leader === undefined) return;
  try {
    process.kill(-leader, name);
  } catch {
    // They have ended by themselves.
  }
}

function failureOf(code: number | null, signalName: NodeJS.Signals | null): string | undefined {
  if (signalName !== null) return `signal: ${WORDS[signalName] ?? signalName}`;
  return code === 0 ? undefined : `exit status ${code}`;
}

const WORDS: Partial<Record<NodeJS.Signals, string>> = {
  SIGINT: 'interrupt',
  SIGKILL: 'killed',
  SIGTERM: 'terminated',
};
