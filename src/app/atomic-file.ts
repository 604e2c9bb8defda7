import { randomUUID } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';

/**
 * Writes a file that is there when it is complete and not before: whatever goes wrong, what was at the
 * path stays. Readable by its owner only.
 */
export async function writeAtomically(
  path: string,
  content: Readable,
  signal: AbortSignal,
): Promise<void> {
  const unfinished = join(dirname(path), `.tcompose-${randomUUID()}`);
  try {
    const file = createWriteStream(unfinished, { flags: 'wx', mode: 0o600, flush: true });
    await pipeline(content, file, { signal });
    await rename(unfinished, path);
  } catch (error) {
    await rm(unfinished, { force: true });
    throw error;
  }
}
