import { lost, type Started } from './run-command.ts';
import type { ShellOptions, SshTarget } from './ssh-host.ts';

/** Joins a session with streams of this process until it ends; resolves with its exit code. */
export function followShell(
  { channel, exit }: Pick<Started, 'channel' | 'exit'>,
  options: ShellOptions,
  target: SshTarget,
): Promise<number> {
  const { stdin, stdout, stderr, signal } = options;
  return new Promise((resolve, reject) => {
    const resize = (): void => {
      const size = options.size?.();
      if (size !== undefined) channel.setWindow(size.rows, size.columns, 0, 0);
    };
    const unsubscribe = options.tty ? options.onResize?.(resize) : undefined;
    const leave = (): void => {
      signal.removeEventListener('abort', abort);
      unsubscribe?.();
      stdin.unpipe(channel);
      stdin.pause();
    };
    const abort = (): void => {
      // Nobody waits for the host to agree.
      channel.signal('HUP');
      channel.close();
      leave();
      reject(signal.reason as Error);
    };
    channel.on('close', () => {
      leave();
      if (exit.code === undefined) reject(lost(target, options.words));
      else resolve(exit.code);
    });
    channel.pipe(stdout, { end: false });
    channel.stderr.pipe(stderr, { end: false });
    stdin.pipe(channel);
    if (signal.aborted) abort();
    else signal.addEventListener('abort', abort, { once: true });
  });
}
