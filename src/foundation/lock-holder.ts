/** Who changes a project at the moment, as its process tells those who wait. */
export interface LockHolder {
  readonly process: number;
  readonly user: string;
  /** Name of the command, without its arguments: they may hold secrets. */
  readonly command: string;
  /** Milliseconds since 1970. */
  readonly since: number;
}

/** More than any holder says of itself. */
const LONGEST = 1000;

/** What a holder writes to those who ask; a line. */
export function formatHolder(holder: LockHolder): string {
  return `${JSON.stringify(holder)}\n`;
}

/**
 * Reads what {@link formatHolder} wrote. Any program of this machine can answer in a holder's place, so
 * nothing of it is believed: undefined for what is not whole, and no control characters.
 */
export function parseHolder(text: string): LockHolder | undefined {
  if (text.length > LONGEST) return undefined;
  try {
    const { process, user, command, since } = JSON.parse(text) as Partial<LockHolder>;
    if (!Number.isInteger(process) || !Number.isFinite(since)) return undefined;
    if (typeof user !== 'string' || typeof command !== 'string') return undefined;
    return {
      process: Number(process),
      user: printable(user),
      command: printable(command),
      since: Number(since),
    };
  } catch {
    return undefined;
  }
}

/** `"tcompose up" (process 4711 of root, for 12s)` */
export function describeHolder(holder: LockHolder | undefined, now: number): string {
  if (holder === undefined) return 'another command';
  const seconds = Math.max(0, Math.round((now - holder.since) / 1000));
  return `"${holder.command}" (process ${holder.process} of ${holder.user}, for ${seconds}s)`;
}

function printable(text: string): string {
  return text.replaceAll(/[^\x20-\x7e]/g, '?');
}
