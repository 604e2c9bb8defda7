import { posix } from 'node:path';

/** The shortest form of a container path: no `.` and `..`, no doubled or trailing slashes. */
export function cleanPath(path: string): string {
  const normal = posix.normalize(path);
  return normal.length > 1 && normal.endsWith('/') ? normal.slice(0, -1) : normal;
}

/** Whether the source of a short volume is a path on the host rather than the name of a volume. */
export function isFilePath(source: string): boolean {
  return /^[./~]/.test(source) || source.startsWith('\\\\') || /^\p{L}:/u.test(source);
}

/** Whether a path is absolute on Windows: a drive with a root (`c:\x`, `c:/x`) or a share (`\\host`). */
export function isWindowsAbsolute(path: string): boolean {
  return /^.:[/\\]|^[/\\]{2}/s.test(path);
}
