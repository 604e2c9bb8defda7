import { initTerminalSize, type TerminalSize } from '../engine/interactive/resize.ts';
import type { Session } from './session.ts';

/** Size of the terminal that output goes to; undefined: it is none, or does not know. */
export function terminalSize({ stdout }: Pick<Session, 'stdout'>): TerminalSize | undefined {
  const { isTTY, rows = 0, columns = 0 } = stdout;
  return isTTY === true && (rows > 0 || columns > 0) ? { rows, columns } : undefined;
}

export interface FollowOptions {
  readonly resize: (size: TerminalSize, signal: AbortSignal) => Promise<void>;
  /** Makes a program that already runs draw anew, which it does when the size changes. */
  readonly redraw?: boolean;
}

/**
 * Keeps a terminal on the other side as big as the one here until disposed. Where that does not work from
 * the beginning, a message says so; nothing depends on it.
 */
export function followTerminalSize(
  session: Pick<Session, 'stdout' | 'stderr'>,
  { resize, redraw = false }: FollowOptions,
): Disposable {
  const controller = new AbortController();
  const { signal } = controller;
  const resizeNow = async (): Promise<void> => {
    const size = terminalSize(session);
    if (size !== undefined) await resize(size, signal);
  };
  const begin = async (): Promise<void> => {
    const size = terminalSize(session);
    if (redraw && size !== undefined) {
      const other = { rows: size.rows + 1, columns: size.columns + 1 };
      await resize(other, signal).catch(() => undefined);
    }
    await initTerminalSize(resizeNow, signal);
  };
  void begin().catch(() => {
    if (!signal.aborted) session.stderr.write('failed to resize tty, using default size\n');
  });
  const onResize = (): void => {
    void resizeNow().catch(() => undefined);
  };
  session.stdout.on?.('resize', onResize);
  return {
    [Symbol.dispose]: () => {
      session.stdout.off?.('resize', onResize);
      controller.abort();
    },
  };
}
