import { Duplex, PassThrough, Readable } from 'node:stream';
import { describe, expect, it } from 'vitest';
import { DEFAULT_DETACH_KEYS } from '../../../src/engine/interactive/detach-keys.ts';
import {
  joinStreams,
  type ByteSink,
  type LocalStreams,
} from '../../../src/engine/interactive/streams.ts';

/** The other end of a connection: takes what is sent, sends what the test wants. */
class Peer {
  readonly received: Buffer[] = [];
  halfClosed = false;
  readonly connection: Duplex;
  readonly #onWrite: ((chunk: Buffer) => Error | undefined) | undefined;

  constructor(onWrite?: (chunk: Buffer) => Error | undefined) {
    this.#onWrite = onWrite;
    this.connection = new Duplex({
      read: () => undefined,
      write: (chunk: Buffer, _encoding, done) => {
        this.received.push(chunk);
        done(this.#onWrite?.(chunk));
      },
      final: (done) => {
        this.halfClosed = true;
        done();
        this.onHalfClose();
      },
    });
    this.connection.on('error', () => undefined);
  }

  onHalfClose: () => void = () => undefined;

  send(bytes: Buffer | null): void {
    this.connection.push(bytes);
  }

  text(): string {
    return Buffer.concat(this.received).toString('latin1');
  }
}

class Sink implements ByteSink {
  readonly chunks: Buffer[] = [];

  write(bytes: Uint8Array, done: (error?: Error | null) => void): void {
    this.chunks.push(Buffer.from(bytes));
    setImmediate(done);
  }

  text(): string {
    return Buffer.concat(this.chunks).toString('latin1');
  }
}

function local(input?: Readable): LocalStreams & { output: Sink; error: Sink } {
  const streams = { output: new Sink(), error: new Sink() };
  return input === undefined ? streams : { ...streams, input };
}

function frame(type: number, text: string): Buffer {
  const payload = Buffer.from(text);
  const header = Buffer.alloc(8);
  header[0] = type;
  header.writeUInt32BE(payload.length, 4);
  return Buffer.concat([header, payload]);
}

const never = new AbortController().signal;

describe('a session of streams', () => {
  it('takes the two outputs apart', async () => {
    const peer = new Peer();
    const here = local();
    const joined = joinStreams(peer.connection, here, { tty: false }, never);
    peer.send(frame(1, 'out'));
    peer.send(frame(2, 'err'));
    peer.send(frame(1, ' more'));
    peer.send(null);
    expect(await joined).toEqual({ kind: 'ended' });
    expect([here.output.text(), here.error.text()]).toEqual(['out more', 'err']);
  });

  it('leaves the output of a terminal as it is', async () => {
    const peer = new Peer();
    const here = local();
    const joined = joinStreams(peer.connection, here, { tty: true }, never);
    peer.send(Buffer.from('\x01\x00raw\xff', 'latin1'));
    peer.send(null);
    await joined;
    expect(here.output.text()).toBe('\x01\x00raw\xff');
  });

  it('closes the sending half at the end of the input and reads on', async () => {
    const peer = new Peer();
    const here = local(Readable.from([Buffer.from('a'), Buffer.from('b')]));
    peer.onHalfClose = () => {
      peer.send(frame(1, `got ${peer.text()}`));
      peer.send(null);
    };
    expect(await joinStreams(peer.connection, here, { tty: false }, never)).toEqual({
      kind: 'ended',
    });
    expect(here.output.text()).toBe('got ab');
  });

  it('does not tell of the end of the input where that is to stay open', async () => {
    const peer = new Peer();
    const input = new PassThrough();
    const here = local(input);
    const options = { tty: false, inputStaysOpen: true };
    const joined = joinStreams(peer.connection, here, options, never);
    input.end('last words');
    await new Promise((resolve) => input.once('end', resolve));
    peer.send(frame(1, 'and then'));
    peer.send(null);
    await joined;
    expect([peer.text(), peer.halfClosed]).toEqual(['last words', false]);
    expect(here.output.text()).toBe('and then');
  });

  it('passes on a beginning of the detach keys when the input ends with it', async () => {
    const peer = new Peer();
    peer.onHalfClose = () => peer.send(null);
    const input = Readable.from([Buffer.from('x\x10')]);
    const options = { tty: true, detachKeys: DEFAULT_DETACH_KEYS };
    await joinStreams(peer.connection, local(input), options, never);
    expect(peer.text()).toBe('x\x10');
  });

  it('ends when the detach keys are typed, and sends neither them nor what follows', async () => {
    const peer = new Peer();
    const input = new PassThrough();
    const options = { tty: true, detachKeys: DEFAULT_DETACH_KEYS };
    const joined = joinStreams(peer.connection, local(input), options, never);
    input.write('ls\x10');
    input.write('\x11more');
    expect(await joined).toEqual({ kind: 'detached' });
    expect(peer.text()).toBe('ls');
    expect(peer.connection.destroyed).toBe(true);
  });

  it('does not lose output because the other side no longer reads', async () => {
    const refusal = Object.assign(new Error('write EPIPE'), { code: 'EPIPE' });
    const peer = new Peer(() => refusal);
    const input = new PassThrough();
    const here = local(input);
    const joined = joinStreams(peer.connection, here, { tty: false }, never);
    input.write('unwanted');
    input.write('unwanted too');
    await new Promise((resolve) => setImmediate(resolve));
    peer.send(frame(1, 'first line'));
    peer.send(null);
    expect(await joined).toEqual({ kind: 'ended' });
    expect(here.output.text()).toBe('first line');
    expect(peer.received).toHaveLength(1);
  });

  it('tells of a connection that breaks', async () => {
    const peer = new Peer();
    const here = local();
    const joined = joinStreams(peer.connection, here, { tty: false }, never);
    const broken = Object.assign(new Error('read ECONNRESET'), { code: 'ECONNRESET' });
    peer.connection.destroy(broken);
    expect(await joined).toEqual({ kind: 'broken', error: broken });
  });

  it('fails with what the engine reports in the stream', async () => {
    const peer = new Peer();
    const joined = joinStreams(peer.connection, local(), { tty: false }, never);
    peer.send(frame(3, 'out of paper\n'));
    await expect(joined).rejects.toThrow('error from daemon in stream: out of paper');
    expect(peer.connection.destroyed).toBe(true);
  });

  it('fails with what the output fails with', async () => {
    const peer = new Peer();
    const full = new Error('no space left');
    const output: ByteSink = { write: (_bytes, done) => done(full) };
    const joined = joinStreams(peer.connection, { output, error: output }, { tty: true }, never);
    peer.send(Buffer.from('x'));
    await expect(joined).rejects.toBe(full);
  });

  it('is ended by the signal', async () => {
    const peer = new Peer();
    const controller = new AbortController();
    const input = new PassThrough();
    const joined = joinStreams(peer.connection, local(input), { tty: true }, controller.signal);
    const reason = new Error('enough');
    controller.abort(reason);
    await expect(joined).rejects.toBe(reason);
    expect(peer.connection.destroyed).toBe(true);
    expect(input.isPaused()).toBe(true);
  });

  it('reads no more input than the other side takes', async () => {
    const waiting: (() => void)[] = [];
    const connection = new Duplex({
      read: () => undefined,
      writableHighWaterMark: 10,
      write: (_chunk, _encoding, done) => {
        waiting.push(done);
      },
    });
    const input = new PassThrough();
    const joined = joinStreams(connection, local(input), { tty: false }, never);
    input.write('more than ten bytes');
    await new Promise((resolve) => setImmediate(resolve));
    expect(input.isPaused()).toBe(true);
    waiting[0]?.();
    await new Promise((resolve) => setImmediate(resolve));
    expect(input.isPaused()).toBe(false);
    connection.push(null);
    await joined;
  });

  it('waits for the output before it takes more', async () => {
    const peer = new Peer();
    const waiting: (() => void)[] = [];
    const output: ByteSink = { write: (_bytes, done) => waiting.push(() => done()) };
    const joined = joinStreams(peer.connection, { output, error: output }, { tty: true }, never);
    peer.send(Buffer.from('a'));
    await new Promise((resolve) => setImmediate(resolve));
    peer.send(Buffer.from('b'));
    peer.send(null);
    await new Promise((resolve) => setImmediate(resolve));
    expect(waiting).toHaveLength(1);
    waiting[0]?.();
    await new Promise((resolve) => setImmediate(resolve));
    expect(waiting).toHaveLength(2);
    waiting[1]?.();
    expect(await joined).toEqual({ kind: 'ended' });
  });
});
