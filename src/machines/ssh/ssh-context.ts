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

/**
 * A context of this process, with what can be asked on its terminal: connections that are opened at the same time ask
 * one after the other, and what one was told about a host holds for all.
 */
export function createSshContext({
  askSecret,
  confirm,
  ...parts
}: Partial<Omit<SshContext, 'unlocked' | 'opening'>> & Pick<SshContext, 'env'>): SshContext {
  let last: Promise<unknown> = Promise.resolve();
  const inTurn = <T>(ask: (question: string) => Promise<T>, question: string): Promise<T> => {
    const asked = last.then(() => ask(question));
    last = asked.catch(() => undefined);
    return asked;
  };
  const told = new Map<string, Promise<boolean>>();
  const once = (
    ask: (question: string) => Promise<boolean>,
    question: string,
  ): Promise<boolean> => {
    const asked = told.get(question) ?? inTurn(ask, question);
    told.set(question, asked);
    asked.catch(() => told.delete(question));
    return asked;
  };
  return {
    clock: systemClock,
    warn: () => undefined,
    unlocked: new Map(),
    opening: new Map(),
    ...parts,
    ...(askSecret === undefined ? {} : { askSecret: (question) => inTurn(askSecret, question) }),
    ...(confirm === undefined ? {} : { confirm: (question) => once(confirm, question) }),
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
