import type { FileAccess } from '../../../src/compose/files.ts';

/** Files in memory by absolute path; their directories exist. A value of null cannot be read. */
export function memoryFiles(
  files: Readonly<Record<string, string | Uint8Array | null>>,
): FileAccess {
  const directories = new Set(['/']);
  for (const path of Object.keys(files)) {
    for (let at = path.lastIndexOf('/'); at > 0; at = path.lastIndexOf('/', at - 1)) {
      directories.add(path.slice(0, at));
    }
  }
  return {
    home: '/home/me',
    realPath: (path) => path,
    kind: (path) => {
      if (Object.hasOwn(files, path)) return 'file';
      return directories.has(path) ? 'directory' : 'missing';
    },
    read: (path) => {
      if (directories.has(path)) return { ok: false, error: 'is-directory', detail: 'EISDIR' };
      const content = Object.hasOwn(files, path) ? files[path] : undefined;
      if (content === undefined) return { ok: false, error: 'not-found', detail: 'ENOENT' };
      if (content === null) return { ok: false, error: 'permission-denied', detail: 'EACCES' };
      const bytes = typeof content === 'string' ? new TextEncoder().encode(content) : content;
      return { ok: true, bytes };
    },
  };
}
