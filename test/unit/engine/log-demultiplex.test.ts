import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createDemultiplexer } from '../../../src/engine/logs/log-demultiplex.ts';

const frame = (type: number, payload: Buffer): Buffer => {
  const header = Buffer.alloc(8);
  header[0] = type;
  header.writeUInt32BE(payload.length, 4);
  return Buffer.concat([header, payload]);
};

const NAMES = ['stdin', 'stdout', 'stderr', 'system'];

describe('demultiplexing of output', () => {
  it('gives back every frame, wherever the bytes are cut', () => {
    const frames = fc.array(
      fc.record({ type: fc.integer({ min: 0, max: 3 }), payload: fc.uint8Array() }),
    );
    fc.assert(
      fc.property(frames, fc.array(fc.nat(40)), (wanted, cuts) => {
        const bytes = Buffer.concat(
          wanted.map(({ type, payload }) => frame(type, Buffer.from(payload))),
        );
        const demultiplexer = createDemultiplexer();
        const found = [];
        let at = 0;
        for (const cut of [...cuts, bytes.length]) {
          found.push(...demultiplexer.push(bytes.subarray(at, at + cut)));
          at = Math.min(bytes.length, at + cut);
        }
        found.push(...demultiplexer.push(bytes.subarray(at)));
        expect(found.map(({ stream, payload }) => [stream, payload.toString('hex')])).toEqual(
          wanted.map(({ type, payload }) => [NAMES[type], Buffer.from(payload).toString('hex')]),
        );
        expect(demultiplexer.pending()).toBe(0);
      }),
    );
  });

  it('keeps a frame that has not ended', () => {
    const demultiplexer = createDemultiplexer();
    const bytes = frame(1, Buffer.from('hello'));
    expect(demultiplexer.push(bytes.subarray(0, 10))).toEqual([]);
    expect(demultiplexer.pending()).toBe(10);
    expect(demultiplexer.push(bytes.subarray(10))[0]?.payload.toString()).toBe('hello');
  });

  it('refuses bytes that are no frame', () => {
    expect(() => createDemultiplexer().push(Buffer.from('plain text'))).toThrow(/unknown type 112/);
  });
});
