import { describe, expect, it } from 'vitest';
import { Interrupts } from '../../../src/app/interrupts.ts';
import type { Session } from '../../../src/app/session.ts';
import { proxySignals } from '../../../src/app/signal-proxy.ts';

type Listener = (name: NodeJS.Signals) => void;

/** A process to which signals are sent. */
function receiver(): {
  readonly session: Session;
  readonly interrupts: Interrupts;
  readonly listeners: Map<string, Listener>;
} {
  const interrupts = new Interrupts(() => undefined);
  const listeners = new Map<string, Listener>();
  const session = {
    interrupts,
    onSignals: (names: readonly NodeJS.Signals[], listener: Listener) => {
      for (const name of names) listeners.set(name, listener);
      return { [Symbol.dispose]: () => listeners.clear() };
    },
  } as unknown as Session;
  return { session, interrupts, listeners };
}

/** Lets everything happen that waits for nothing. */
const settled = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

describe('handing signals on', () => {
  it('keeps their order, also when one is refused', async () => {
    const { session, interrupts, listeners } = receiver();
    const sent: string[] = [];
    using proxy = proxySignals(session, async (name) => {
      await settled();
      sent.push(name);
      if (name === 'SIGHUP') throw new Error('not running');
    });
    listeners.get('SIGUSR1')?.('SIGUSR1');
    listeners.get('SIGHUP')?.('SIGHUP');
    expect(proxy.interrupted).toBe(false);
    interrupts.deliver('SIGINT');
    await expect.poll(() => sent).toEqual(['SIGUSR1', 'SIGHUP', 'SIGINT']);
    expect(proxy.interrupted).toBe(true);
    expect(interrupts.signal.aborted).toBe(false);
  });

  it('leaves what cannot or must not be caught', () => {
    const { session, listeners } = receiver();
    using _proxy = proxySignals(session, () => Promise.resolve());
    for (const name of ['SIGKILL', 'SIGSTOP', 'SIGCHLD', 'SIGPIPE', 'SIGPROF', 'SIGURG', 'SIGSEGV'])
      expect(listeners.has(name)).toBe(false);
  });

  it('ends with its session', async () => {
    const { session, interrupts, listeners } = receiver();
    const sent: string[] = [];
    {
      using _proxy = proxySignals(session, async (name) => {
        sent.push(name);
      });
    }
    interrupts.deliver('SIGINT');
    await settled();
    expect(sent).toEqual([]);
    expect(listeners.size).toBe(0);
    expect(interrupts.signal.aborted).toBe(true);
  });
});
