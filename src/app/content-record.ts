import { createHash } from 'node:crypto';
import { readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { makeFolders } from '../foundation/make-folders.ts';
import type { ContentDigests } from '../scheduler/content-causes.ts';
import type { Session } from './session.ts';

/** Container id → what it was made with. */
export type ContentRecord = Readonly<Record<string, ContentDigests>>;

/**
 * Reads what this machine remembers of a project's containers; nothing when there is nothing, or
 * nothing that makes sense. Only digests are kept, in a file of the user alone.
 */
export function readContentRecord(
  session: Session,
  engine: string,
  project: string,
): ContentRecord {
  try {
    const text = readFileSync(recordFile(session, engine, project), 'utf8');
    const { containers } = JSON.parse(text) as { readonly containers?: ContentRecord };
    return containers ?? {};
  } catch {
    return {};
  }
}

/** Replaces the record; an empty one leaves no file. One that cannot be written is not missed. */
export function writeContentRecord(
  session: Session,
  engine: string,
  project: string,
  containers: ContentRecord,
): void {
  const path = recordFile(session, engine, project);
  try {
    if (Object.keys(containers).length === 0) {
      rmSync(path, { force: true });
      return;
    }
    makeFolders(dirname(path), 0o700);
    writeFileSync(`${path}.${process.pid}`, JSON.stringify({ containers }), { mode: 0o600 });
    renameSync(`${path}.${process.pid}`, path);
  } catch {
    // Then a change is not noticed next time, which is what Compose does always.
  }
}

function recordFile({ env }: Session, engine: string, project: string): string {
  const base = env['XDG_STATE_HOME'] ?? join(env['HOME'] ?? '/', '.local/state');
  const key = createHash('sha256').update(`${engine}\0${project}`).digest('hex').slice(0, 32);
  return join(base, 'tcompose/contents', `${key}.json`);
}
