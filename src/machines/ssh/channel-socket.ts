import { Duplex } from 'node:stream';
import type { Client, ClientChannel } from 'ssh2';
import type { Mark } from './command-mark.ts';

/**
 * A channel as a socket that Node's HTTP agent can keep. Channels themselves end without a word when their connection
 * is lost, and say so only to those who read just then: what was waiting for an answer would wait for ever.
 */
export class ChannelSocket extends Duplex {
  readonly #channel: ClientChannel;

  /** @param begin stands before what the program on the channel says; absent: nothing stands there */
  constructor(channel: ClientChannel, client: Client, begin?: Mark) {
    // Whoever answers nothing more is told nothing more.
    super({ allowHalfOpen: false });
    this.#channel = channel;
    const lose = (): void => {
      this.destroy(Object.assign(new Error('the SSH connection was cut'), { code: 'ECONNRESET' }));
    };
    client.once('close', lose);
    this.once('close', () => client.off('close', lose));
    channel.on('data', (bytes: Buffer) => {
      const own = begin === undefined ? bytes : begin.without(bytes);
      if (own.length > 0 && !this.push(own)) channel.pause();
    });
    channel.once('end', () => {
      if (!this.destroyed) this.push(null);
    });
    channel.once('close', () => {
      // What is kept for later has nobody who would read the end.
      if (this.listenerCount('data') + this.listenerCount('readable') === 0) this.destroy();
    });
    channel.on('error', (error: Error) => this.destroy(error));
  }

  override _read(): void {
    this.#channel.resume();
  }

  override _write(
    bytes: Buffer,
    _encoding: BufferEncoding,
    done: (error?: Error | null) => void,
  ): void {
    if (this.#channel.writable) this.#channel.write(bytes, done);
    else done(Object.assign(new Error('the other side has closed'), { code: 'EPIPE' }));
  }

  override _final(done: (error?: Error | null) => void): void {
    if (this.#channel.writable) this.#channel.end();
    done();
  }

  override _destroy(error: Error | null, done: (error?: Error | null) => void): void {
    this.#channel.destroy();
    done(error);
  }

  setKeepAlive(): this {
    return this;
  }

  setNoDelay(): this {
    return this;
  }

  setTimeout(): this {
    return this;
  }

  ref(): this {
    return this;
  }

  unref(): this {
    return this;
  }

  destroySoon(): void {
    if (this.writable) this.end();
    if (this.writableFinished) this.destroy();
    else this.once('finish', () => this.destroy());
  }
}
