import type { Readable } from 'node:stream';
import type { TextStream } from './session.ts';

/** Writes a stream to the end, no faster than the reader takes it. */
export async function writeAll(source: Readable, output: TextStream): Promise<void> {
  for await (const chunk of source) await writeChunk(output, chunk as Uint8Array);
}

function writeChunk(output: TextStream, chunk: Uint8Array): Promise<void> {
  return new Promise((resolve, reject) => {
    output.write(chunk, (error) => {
      if (error === null || error === undefined) resolve();
      else reject(error);
    });
  });
}
