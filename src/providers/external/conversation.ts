import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { deferred, type Deferred } from '../../foundation/deferred.ts';
import { ProviderError } from '../provider-error.ts';
import { asObject, parseError, ShapeError } from './shape.ts';

/** How a provider is started. */
export interface Program {
  readonly name: string;
  readonly path: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Values of variables that are secrets, which no message may show. */
  readonly secrets: readonly string[];
  readonly signal: AbortSignal;
}

/** Milliseconds between the request to end and the end by force. */
const GRACE = 2000;
/** How much of what a program writes to standard error is kept. */
const TAIL = 2000;
/** A line without end is no message. */
const LONGEST = 4 * 1024 * 1024;

/** What a provider tells while it works on a call; the result goes back to it. */
export type OnEvent = (event: Readonly<Record<string, unknown>>) => Promise<void>;

interface Pending {
  readonly answer: Deferred<unknown>;
  readonly method: string;
  readonly onEvent: OnEvent | undefined;
  readonly patience: number;
  timer: NodeJS.Timeout | undefined;
  /** Settled once everything that was told so far has been dealt with. */
  told: Promise<void>;
}

/** One process of a provider, with calls and answers as lines of JSON over its standard input and output. */
export class Conversation {
  readonly #program: Program;
  readonly #child: ChildProcessWithoutNullStreams;
  readonly #pending = new Map<number, Pending>();
  #next = 1;
  #rest = '';
  #tail = '';
  #failure: ProviderError | undefined;
  #closed = false;

  constructor(program: Program) {
    this.#program = program;
    // A group of its own: the terminal's Ctrl-C is ours to pass on, and what it has started ends with it.
    this.#child = spawn(program.path, [], {
      env: { ...program.env, TCOMPOSE_PROVIDER: program.name },
      stdio: ['pipe', 'pipe', 'pipe'],
      detached: true,
    });
    this.#child.stdout.setEncoding('utf8').on('data', (text: string) => this.#hear(text));
    this.#child.stderr.setEncoding('utf8').on('data', (text: string) => {
      this.#tail = `${this.#tail}${text}`.slice(-TAIL);
    });
    this.#child.stdin.on('error', () => undefined);
    this.#child.on('error', (error) => this.#fail(`cannot be run: ${error.message}`));
    this.#child.on('close', (code, signal) => {
      this.#fail(`has ended ${signal === null ? `with code ${code ?? 0}` : `by ${signal}`}`);
    });
    program.signal.addEventListener('abort', this.#abort, { once: true });
    if (program.signal.aborted) this.#abort();
  }

  /** Calls a method; each message of the provider gives it `patience` milliseconds more. */
  async call(
    method: string,
    params: object,
    options: { readonly patience: number; readonly onEvent?: OnEvent },
  ): Promise<unknown> {
    const { signal } = this.#program;
    signal.throwIfAborted();
    if (this.#failure !== undefined) throw this.#failure;
    const id = this.#next;
    this.#next += 1;
    const pending: Pending = {
      answer: deferred<unknown>(),
      method,
      onEvent: options.onEvent,
      patience: options.patience,
      timer: undefined,
      told: Promise.resolve(),
    };
    this.#pending.set(id, pending);
    this.#wait(pending);
    this.#write({ id, method, params });
    try {
      return await pending.answer.promise;
    } finally {
      clearTimeout(pending.timer);
      this.#pending.delete(id);
    }
  }

  /** Ends the process: its input ends, and soon after it is ended itself. Whoever waits for an answer gets none. */
  close(): void {
    this.#fail('was closed');
    this.#closed = true;
    this.#program.signal.removeEventListener('abort', this.#abort);
    this.#child.stdin.end();
    this.#end();
  }

  readonly #abort = (): void => {
    for (const { answer } of this.#pending.values()) answer.reject(this.#program.signal.reason);
    this.close();
  };

  #end(): void {
    this.#signal('SIGTERM');
    const force = setTimeout(() => this.#signal('SIGKILL'), GRACE);
    this.#child.once('close', () => clearTimeout(force));
  }

  #signal(name: NodeJS.Signals): void {
    const { pid, exitCode, signalCode } = this.#child;
    if (pid === undefined || exitCode !== null || signalCode !== null) return;
    try {
      process.kill(-pid, name);
    } catch {
      // It has ended meanwhile.
    }
  }

  #write(message: object): void {
    this.#child.stdin.write(`${JSON.stringify(message)}\n`);
  }

  #wait(pending: Pending): void {
    clearTimeout(pending.timer);
    pending.timer = setTimeout(() => {
      this.#fail(`has said nothing for ${pending.patience / 1000} s (${pending.method})`);
      this.#end();
    }, pending.patience);
  }

  #hear(text: string): void {
    this.#rest += text;
    if (this.#rest.length > LONGEST) {
      this.#rest = '';
      this.#fail('wrote a line without end');
      this.#end();
      return;
    }
    if (!text.includes('\n')) return;
    const lines = this.#rest.split('\n');
    this.#rest = lines.pop() ?? '';
    for (const line of lines) {
      if (line.trim() !== '') this.#take(line);
    }
  }

  #take(line: string): void {
    try {
      const message = asObject(parseLine(line), 'the line');
      const id = message['id'];
      const pending = typeof id === 'number' ? this.#pending.get(id) : undefined;
      if (pending === undefined) throw new ShapeError('"id" is that of no call');
      this.#wait(pending);
      const { answer } = pending;
      if (message['event'] !== undefined) {
        const event = hidden(message, (text) => this.#hide(text));
        pending.told = pending.told.then(() => this.#event(Number(id), pending, event));
      } else if (message['error'] !== undefined) {
        const error = this.#own(message['error']);
        void pending.told.then(() => answer.reject(error));
      } else {
        void pending.told.then(() => answer.resolve(message['result']));
      }
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      this.#fail(`wrote what is not in the protocol (${reason}): ${line.slice(0, 200)}`);
      this.#end();
    }
  }

  /** Events that change the journal are answered once they are on disk, and the provider waits for that. */
  async #event(
    id: number,
    { onEvent, answer }: Pending,
    message: Readonly<Record<string, unknown>>,
  ): Promise<void> {
    try {
      await onEvent?.(message);
      const { seq } = message;
      if (seq !== undefined) this.#write({ id, ack: seq });
    } catch (error) {
      answer.reject(
        error instanceof ShapeError ? this.#error(`wrote a wrong event: ${error.message}`) : error,
      );
      this.#end();
    }
  }

  #own(value: unknown): ProviderError {
    const { kind, message, ...rest } = hidden(parseError(value), (text) => this.#hide(text));
    return new ProviderError(kind, message, rest);
  }

  #fail(what: string): void {
    if (this.#closed) return;
    this.#failure ??= this.#error(what);
    for (const { answer } of this.#pending.values()) answer.reject(this.#failure);
  }

  #error(what: string): ProviderError {
    const { path, name } = this.#program;
    const tail = this.#tail.trim();
    return new ProviderError('failed', this.#hide(`the provider ${name} ${what}`), {
      hint: this.#hide(tail === '' ? `It is ${path}.` : `${path} wrote: ${tail}`),
    });
  }

  #hide(text: string): string {
    return this.#program.secrets.reduce((shown, secret) => shown.replaceAll(secret, '***'), text);
  }
}

/** The same with every text in it changed. */
function hidden<T>(value: T, hide: (text: string) => string): T {
  if (typeof value === 'string') return hide(value) as T;
  if (Array.isArray(value)) return value.map((each: unknown) => hidden(each, hide)) as T;
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).map(([key, each]) => [key, hidden(each, hide)]);
  return Object.fromEntries(entries) as T;
}

function parseLine(line: string): unknown {
  try {
    return JSON.parse(line) as unknown;
  } catch {
    throw new ShapeError('no JSON');
  }
}
