import { EventEmitter } from 'node:events';
import { describe, expect, it } from 'vitest';
import { followTerminalSize, terminalSize } from '../../../src/app/terminal-size.ts';
import type { TerminalSize } from '../../../src/engine/interactive/resize.ts';

class Screen extends EventEmitter {
  readonly isTTY = true;
  rows = 30;
  columns = 100;
  text = '';

  write(text: string | Uint8Array): void {
    this.text += String(text);
  }
}

/** Every size that is told, as soon as as many as wanted are there. */
class Told {
  readonly sizes: TerminalSize[] = [];
  readonly #wanted: { readonly count: number; readonly resolve: () => void }[] = [];

  readonly resize = async (size: TerminalSize): Promise<void> => {
    this.sizes.push(size);
    for (const { count, resolve } of this.#wanted) if (this.sizes.length >= count) resolve();
  };

  until(count: number): Promise<void> {
    return new Promise((resolve) => {
      if (this.sizes.length >= count) resolve();
      else this.#wanted.push({ count, resolve });
    });
  }
}

describe('the size of a terminal', () => {
  it('is unknown where there is none, or where it does not say', () => {
    expect(terminalSize({ stdout: { write: () => true } })).toBeUndefined();
    const silent = { write: () => true, isTTY: true, rows: 0, columns: 0 };
    expect(terminalSize({ stdout: silent })).toBeUndefined();
    expect(terminalSize({ stdout: new Screen() })).toEqual({ rows: 30, columns: 100 });
  });

  it('is told at the beginning and whenever it changes, until nobody follows any more', async () => {
    const screen = new Screen();
    const told = new Told();
    const following = followTerminalSize({ stdout: screen, stderr: screen }, told);
    await told.until(1);
    screen.rows = 25;
    screen.emit('resize');
    await told.until(2);
    following[Symbol.dispose]();
    screen.emit('resize');
    expect(told.sizes).toEqual([
      { rows: 30, columns: 100 },
      { rows: 25, columns: 100 },
    ]);
    expect(screen.listenerCount('resize')).toBe(0);
  });

  it('is another one for a moment where that makes a program draw anew', async () => {
    const screen = new Screen();
    const told = new Told();
    const options = { resize: told.resize, redraw: true };
    using _following = followTerminalSize({ stdout: screen, stderr: screen }, options);
    await told.until(2);
    expect(told.sizes).toEqual([
      { rows: 31, columns: 101 },
      { rows: 30, columns: 100 },
    ]);
  });

  it('is told again while the process on the other side has not begun', async () => {
    const screen = new Screen();
    const told = new Told();
    let refused = 0;
    const resize = async (size: TerminalSize): Promise<void> => {
      if (refused === 3) return told.resize(size);
      refused += 1;
      throw new Error('no such exec');
    };
    using _following = followTerminalSize({ stdout: screen, stderr: screen }, { resize });
    await told.until(1);
    expect(refused).toBe(3);
    expect(screen.text).toBe('');
  });

  it('is given up with a message where it cannot be told', async () => {
    const screen = new Screen();
    const said = new Promise<string>((resolve) => {
      screen.write = (text) => resolve(String(text));
    });
    const resize = async (): Promise<void> => {
      throw new Error('never');
    };
    using _following = followTerminalSize({ stdout: screen, stderr: screen }, { resize });
    expect(await said).toBe('failed to resize tty, using default size\n');
  });
});
