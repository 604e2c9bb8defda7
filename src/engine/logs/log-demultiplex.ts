/**
 * The engine's framing of output without a terminal: 8 bytes (stream, 0, 0, 0, length as big-endian
 * 32 bits), then the payload. Spec: Engine API, "ContainerAttach", stream format.
 */
export interface Frame {
  readonly stream: 'stdin' | 'stdout' | 'stderr' | 'system';
  readonly payload: Buffer;
}

const HEADER = 8;
const STREAMS = ['stdin', 'stdout', 'stderr', 'system'] as const;
const EMPTY = Buffer.alloc(0);

export interface Demultiplexer {
  /** Takes the next bytes and returns the frames they complete. Throws on bytes that are no frame. */
  push(chunk: Buffer): Frame[];
  /** Bytes of a frame that has not ended; 0 between frames. */
  pending(): number;
}

/** Cuts a byte stream into frames, wherever its chunks begin and end. */
export function createDemultiplexer(): Demultiplexer {
  let parts: Buffer[] = [];
  let size = 0;
  /** Bytes needed before anything can be decided. */
  let wanted = HEADER;

  return {
    push: (chunk) => {
      parts.push(chunk);
      size += chunk.length;
      if (size < wanted) return [];
      const bytes = parts.length === 1 ? chunk : Buffer.concat(parts, size);
      const frames: Frame[] = [];
      let at = 0;
      wanted = HEADER;
      while (bytes.length - at >= HEADER) {
        const stream = STREAMS[bytes[at] ?? -1];
        if (stream === undefined) {
          throw new Error(`the engine sent an output stream of unknown type ${bytes[at]}`);
        }
        const end = at + HEADER + bytes.readUInt32BE(at + 4);
        if (end > bytes.length) {
          wanted = end - at;
          break;
        }
        frames.push({ stream, payload: bytes.subarray(at + HEADER, end) });
        at = end;
      }
      const rest = at === bytes.length ? EMPTY : bytes.subarray(at);
      parts = rest.length === 0 ? [] : [rest];
      size = rest.length;
      return frames;
    },
    pending: () => size,
  };
}
