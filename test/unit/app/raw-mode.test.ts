import { EventEmitter } from 'node:events';
import { describe, expect, it } from 'vitest';
import { Interrupts } from '../../../src/app/interrupts.ts';
import { enterRawMode } from '../../../src/app/raw-mode.ts';
import type { Session } from '../../../src/app/session.ts';

class Keyboard extends EventEmitter {
  isTTY = true;
  readonly modes: boolean[] = [];
  fault: Error | undefined;

  setRawMode(raw: boolean): void {
    if (this.fault !== undefined) throw this.fault;
    this.modes.push(raw);
  }
}

function sitting(env: Readonly<Record<string, string>> = {}) {
  const keyboard = new Keyboard();
  const interrupts = new Interrupts(() => undefined);
  const atExit = new Set<() => void>();
  const onSignal: Record<string, (name: NodeJS.Signals) => void> = {};
  const session = {
    stdin: keyboard,
    env,
    interrupts,
    onExit: (listener: () => void) => {
      atExit.add(listener);
      return () => atExit.delete(listener);
    },
    onSignals: (names: readonly NodeJS.Signals[], listener: (name: NodeJS.Signals) => void) => {
      for (const name of names) onSignal[name] = listener;
      return {
        [Symbol.dispose]: () => {
          for (const name of names) delete onSignal[name];
        },
      };
    },
  } as unknown as Session;
  return { keyboard, interrupts, atExit, onSignal, session };
}

/** The terminal that runs the tests is none of theirs. */
const untouchedOutput = (): Promise<void> => Promise.resolve();

describe('raw mode', () => {
  it('lasts until the session ends, and leaves nothing behind', async () => {
    const { session, keyboard, atExit, onSignal } = sitting();
    {
      using _raw = await enterRawMode(session, untouchedOutput);
      expect(keyboard.modes).toEqual([true]);
    }
    expect(keyboard.modes).toEqual([true, false]);
    expect([atExit.size, Object.keys(onSignal).length, keyboard.listenerCount('end')]).toEqual([
      0, 0, 0,
    ]);
  });

  it('is left when the process ends otherwise', async () => {
    const { session, keyboard, atExit } = sitting();
    await enterRawMode(session, untouchedOutput);
    for (const listener of atExit) listener();
    expect(keyboard.modes).toEqual([true, false]);
  });

  it.each([
    ['the input ends', ({ keyboard }: ReturnType<typeof sitting>) => keyboard.emit('end')],
    ['the input breaks', ({ keyboard }) => keyboard.emit('error', new Error('read EIO'))],
    ['SIGHUP says so', ({ onSignal }) => onSignal['SIGHUP']?.('SIGHUP')],
  ])('interrupts the session once when the terminal is closed: %s', async (_how, close) => {
    const scene = sitting();
    using _raw = await enterRawMode(scene.session, untouchedOutput);
    close(scene);
    expect(scene.interrupts.signal.aborted).toBe(true);
    expect(scene.interrupts.signal.reason).toMatchObject({ signalName: 'SIGHUP' });
  });

  it('is not entered without a terminal, or where NORAW is set', async () => {
    const piped = sitting();
    piped.keyboard.isTTY = false;
    const plain = sitting({ NORAW: '1' });
    for (const { session, keyboard } of [piped, plain]) {
      using _raw = await enterRawMode(session, untouchedOutput);
      expect(keyboard.modes).toEqual([]);
    }
  });

  it('says why it cannot be entered', async () => {
    const { session, keyboard } = sitting();
    keyboard.fault = new Error('setRawMode EIO');
    await expect(enterRawMode(session, untouchedOutput)).rejects.toThrow(
      'unable to set IO streams as raw terminal: setRawMode EIO',
    );
  });
});
