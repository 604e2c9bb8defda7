import { readFileSync } from 'node:fs';
import { systemClock, type Clock } from '../../foundation/clock.ts';

/** What connections of one process share and need of it. */
export interface SshContext {
  readonly clock: Clock;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Asks for something that is not shown, on the terminal; absent: there is none. */
  readonly askSecret?: (question: string) => Promise<string>;
  /** Asks a question that is answered with yes or no, on the terminal; absent: there is none. */
  readonly confirm?: (question: string) => Promise<boolean>;
  /** Tells about something that is no failure. */
  readonly warn: (text: string) => void;
  /** Private keys that were unlocked, so that a passphrase is asked for once. */
  readonly unlocked: Map<string, Promise<UnlockedKey>>;
  /** Connections that are being opened to an address. */
  readonly opening: Map<string, number>;
}

/** A private key that can be used, and how people know it. */
export interface UnlockedKey {
  readonly path: string;
  readonly type: string;
  readonly fingerprint: string;
  /** The key itself, in the form that ssh2 takes. */
  readonly material: unknown;
}

/** A context of this process, with what can be asked on its terminal. */
export function createSshContext(
  parts: Partial<Omit<SshContext, 'unlocked' | 'opening'>> & Pick<SshContext, 'env'>,
): SshContext {
  return {
    clock: systemClock,
    warn: () => undefined,
    unlocked: new Map(),
    opening: new Map(),
    ...parts,
  };
}

/** Text of a file; empty when it cannot be read. */
export function textIfThere(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}
