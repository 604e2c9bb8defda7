import { lstatSync, type Stats } from 'node:fs';

/** What is at a path: enough to tell whether it is another thing later. */
export interface PathState {
  readonly kind: 'file' | 'directory';
  readonly inode: number;
  /** Milliseconds since the epoch. */
  readonly modified: number;
  /** Differs when content or permissions do. */
  readonly signature: string;
}

/** Looks at a path without following links; undefined when nothing is there that could be copied. */
export function pathState(path: string): PathState | undefined {
  let stats: Stats | undefined;
  try {
    stats = lstatSync(path, { throwIfNoEntry: false });
  } catch {
    return undefined;
  }
  if (stats === undefined) return undefined;
  const { ino: inode, mode, mtimeMs: modified } = stats;
  // Times and size of a directory follow from its entries, which are seen themselves.
  if (stats.isDirectory()) return { kind: 'directory', inode, modified, signature: `${mode}` };
  if (!stats.isFile() && !stats.isSymbolicLink()) return undefined;
  const signature = `${mode}:${inode}:${stats.size}:${modified}:${stats.ctimeMs}`;
  return { kind: 'file', inode, modified, signature };
}
