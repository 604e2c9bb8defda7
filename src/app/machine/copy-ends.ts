/** One end of a copy: a path on a machine, or here. */
export type CopyEnd =
  | { readonly kind: 'local'; readonly path: string }
  | {
      readonly kind: 'machine';
      readonly machine: string;
      /** Absent: the machine's own. */
      readonly user?: string;
      readonly path: string;
    };

/**
 * Reads `[user@]machine:path`. `localhost:path`, a path without a colon, and one with a slash before it are here.
 */
export function parseCopyEnd(text: string): CopyEnd {
  const at = text.indexOf(':');
  if (at < 0 || text.slice(0, at).includes('/')) return { kind: 'local', path: text };
  const [before, path] = [text.slice(0, at), text.slice(at + 1)];
  const sign = before.indexOf('@');
  const machine = before.slice(sign + 1);
  if (machine === 'localhost') return { kind: 'local', path };
  return {
    kind: 'machine',
    machine,
    ...(sign < 0 ? {} : { user: before.slice(0, sign) }),
    path: path === '' ? '.' : path,
  };
}
