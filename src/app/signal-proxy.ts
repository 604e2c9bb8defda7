import type { Session } from './session.ts';

/**
 * Signals that a process can receive and hand on. Not among them: what cannot be caught, what the runtime
 * itself needs (SIGCHLD, SIGPIPE, SIGPROF, SIGURG), and what tells of a fault in this process.
 */
const PROXIED: readonly NodeJS.Signals[] = [
  'SIGHUP',
  'SIGQUIT',
  'SIGUSR1',
  'SIGUSR2',
  'SIGALRM',
  'SIGCONT',
  'SIGTSTP',
  'SIGTTIN',
  'SIGTTOU',
  'SIGVTALRM',
  'SIGWINCH',
  'SIGXCPU',
  'SIGXFSZ',
  'SIGIO',
  'SIGPWR',
  'SIGTRAP',
  'SIGSYS',
  'SIGSTKFLT',
];

export interface SignalProxy extends Disposable {
  /** Whether one came that would have ended this process. */
  readonly interrupted: boolean;
}

/** Hands every signal on instead of following it, in order, until disposed. */
export function proxySignals(
  session: Session,
  send: (signalName: string) => Promise<void>,
): SignalProxy {
  let interrupted = false;
  let last = Promise.resolve();
  const pass = (signalName: string): void => {
    // Whom it was meant for may have ended in between.
    last = last.then(() => send(signalName)).catch(() => undefined);
  };
  const interrupts = session.interrupts.take((signalName) => {
    interrupted = true;
    pass(signalName);
  });
  const others = session.onSignals?.(PROXIED, pass);
  return {
    get interrupted() {
      return interrupted;
    },
    [Symbol.dispose]: () => {
      interrupts[Symbol.dispose]();
      others?.[Symbol.dispose]();
    },
  };
}
