/** Somebody who uses `tcompose machine`: a home directory with a store in it, and the program with it. */
import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Finished, run } from './command.ts';
import { checkout } from './debian.ts';

const program = join(checkout, 'bin/tcompose');
/** Milliseconds that a command may take, and a text that is waited for. */
const PATIENCE = 120_000;

/** A command that runs. */
export interface RunningCommand {
  /** Resolves when a text was written to either stream. */
  until(text: string): Promise<void>;
  /** Sends a signal and waits for the end. */
  end(signal: NodeJS.Signals): Promise<Finished>;
  readonly finished: Promise<Finished>;
}

export class MachineUser implements Disposable {
  readonly home = mkdtempSync(join(tmpdir(), 'tcompose-user-'));
  readonly #env: Readonly<Record<string, string>>;
  readonly #running = new Set<ChildProcess>();

  /** @param env variables besides PATH, HOME and SHELL */
  constructor(env: Readonly<Record<string, string>>) {
    this.#env = env;
  }

  [Symbol.dispose](): void {
    for (const child of this.#running) child.kill('SIGKILL');
    rmSync(this.home, { recursive: true, force: true });
  }

  /** Runs `tcompose WORDS` to its end. */
  run(
    words: readonly string[],
    { input = '', env = {} }: { input?: string; env?: Readonly<Record<string, string>> } = {},
  ): Promise<Finished> {
    return run(program, words, {
      cwd: this.home,
      env: { ...this.#environment(), ...env },
      input,
      timeout: PATIENCE,
    });
  }

  /** Starts `tcompose WORDS`. */
  begin(words: readonly string[]): RunningCommand {
    const child = spawn(program, words, {
      cwd: this.home,
      env: this.#environment(),
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    this.#running.add(child);
    const texts = { stdout: '', stderr: '' };
    let told = Promise.withResolvers<void>();
    for (const name of ['stdout', 'stderr'] as const) {
      child[name].setEncoding('utf8').on('data', (text: string) => {
        texts[name] += text;
        told.resolve();
      });
    }
    const finished = new Promise<Finished>((resolve) => {
      child.on('close', (code, signal) => {
        this.#running.delete(child);
        resolve({ argv: words, code: code ?? (signal === 'SIGKILL' ? 137 : -1), ...texts });
        told.resolve();
      });
    });
    const until = async (text: string): Promise<void> => {
      const deadline = AbortSignal.timeout(PATIENCE);
      deadline.addEventListener('abort', () => told.resolve());
      while (!texts.stdout.includes(text) && !texts.stderr.includes(text)) {
        const ended = child.exitCode !== null || child.signalCode !== null;
        if (ended || deadline.aborted) {
          throw new Error(
            `no ${JSON.stringify(text)} of ${words.join(' ')}:\n${texts.stdout}${texts.stderr}`,
          );
        }
        told = Promise.withResolvers<void>();
        await told.promise;
      }
    };
    const end = (signal: NodeJS.Signals): Promise<Finished> => {
      child.kill(signal);
      return finished;
    };
    return { until, end, finished };
  }

  /** Names of the machines in the store, whatever is known of them. */
  machines(): string[] {
    const folder = join(this.home, '.tcompose/machines');
    return existsSync(folder) ? readdirSync(folder).toSorted() : [];
  }

  /** What is recorded of a machine. */
  record(name: string): Record<string, unknown> {
    const path = join(this.home, '.tcompose/machines', name, 'machine.json');
    return JSON.parse(readFileSync(path, 'utf8')) as Record<string, unknown>;
  }

  /** Id of the store, which is in tags. */
  storeId(): string {
    return readFileSync(join(this.home, '.tcompose/id'), 'utf8').trim();
  }

  /** As if the machine had been lost with its folder. */
  lose(name: string): void {
    rmSync(join(this.home, '.tcompose/machines', name), { recursive: true });
  }

  #environment(): Record<string, string> {
    const path = process.env['PATH'] ?? '';
    return { PATH: path, HOME: this.home, SHELL: '/bin/bash', ...this.#env };
  }
}
