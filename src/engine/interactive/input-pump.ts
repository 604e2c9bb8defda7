import type { Duplex, Readable } from 'node:stream';
import { createDetachFilter, type DetachFilter } from './detach-keys.ts';

export interface InputPumpOptions {
  /** Keys that end the session; absent: everything is passed on. */
  readonly detachKeys?: Uint8Array;
  /** Called once, when those keys were typed. */
  readonly onDetach: () => void;
  /** The sending half stays open when the input ends. */
  readonly staysOpen: boolean;
}

/**
 * Passes local input on to a connection, as fast as the connection takes it, and closes the sending half
 * when the input ends, unless that is to stay open. A connection whose other side no longer reads only ends the input: what it still
 * sends is not lost.
 */
export class InputPump implements Disposable {
  readonly #input: Readable;
  readonly #connection: Duplex;
  readonly #filter: DetachFilter | undefined;
  readonly #onDetach: () => void;
  readonly #staysOpen: boolean;
  #stopped = false;

  constructor(input: Readable, connection: Duplex, options: InputPumpOptions) {
    this.#input = input;
    this.#connection = connection;
    this.#onDetach = options.onDetach;
    this.#staysOpen = options.staysOpen;
    this.#filter =
      options.detachKeys === undefined ? undefined : createDetachFilter(options.detachKeys);
    outliveRefusedWrites(connection, () => this.#stop());
    connection.on('drain', this.#resume);
    input.on('data', this.#pass);
    input.once('end', this.#end);
    // The terminal is gone, or the file cannot be read: there is nothing more to pass on.
    input.once('error', this.#end);
  }

  [Symbol.dispose](): void {
    this.#stop();
  }

  readonly #pass = (chunk: Buffer | string): void => {
    const bytes = typeof chunk === 'string' ? Buffer.from(chunk) : chunk;
    const typed = this.#filter?.push(bytes) ?? { bytes, detached: false };
    if (typed.bytes.length > 0 && !this.#connection.write(typed.bytes)) this.#input.pause();
    if (!typed.detached) return;
    this.#stop();
    this.#onDetach();
  };

  readonly #resume = (): void => {
    if (!this.#stopped) this.#input.resume();
  };

  readonly #end = (): void => {
    if (this.#stopped) return;
    this.#stop();
    const held = this.#filter?.pending();
    if (!this.#staysOpen) this.#connection.end(held);
    else if (held !== undefined && held.length > 0) this.#connection.write(held);
  };

  #stop(): void {
    if (this.#stopped) return;
    this.#stopped = true;
    this.#connection.off('drain', this.#resume);
    this.#input.off('data', this.#pass);
    this.#input.off('end', this.#end);
    this.#input.off('error', this.#end);
    this.#input.on('error', ignore);
    this.#input.pause();
  }
}

/**
 * A stream destroys itself when a write fails, with all that it has received and nobody has read yet. The
 * other side may well stop reading while it still writes (`head`): so the failure is told, and reading
 * finds the real end.
 */
function outliveRefusedWrites(connection: Duplex, refused: () => void): void {
  type Done = (error?: Error | null) => void;
  const tell =
    (done: Done): Done =>
    (error) => {
      if (error instanceof Error) refused();
      done();
    };
  const write = connection._write.bind(connection);
  connection._write = (chunk, encoding, done) => {
    write(chunk, encoding, tell(done));
  };
  const writeAll = connection._writev?.bind(connection);
  if (writeAll !== undefined) {
    connection._writev = (chunks, done) => {
      writeAll(chunks, tell(done));
    };
  }
}

function ignore(): void {
  // After the session nobody is interested in what becomes of the input.
}
