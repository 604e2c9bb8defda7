import { PassThrough } from 'node:stream';
import type { ClientChannel } from 'ssh2';
import { describe, expect, it } from 'vitest';
import { followCommand, watchExit } from '../../../../src/machines/ssh/run-command.ts';
import type { SshTarget } from '../../../../src/machines/ssh/ssh-host.ts';

const MARK = 'tcompose-1234';

/** A command on a host that the test plays; `asides` are lines that were run to end it. */
function played(signal: AbortSignal) {
  const stderr = new PassThrough();
  // A channel outlives its input: it closes when the command has ended.
  const channel = Object.assign(new PassThrough({ autoDestroy: false }), {
    stderr,
    close: () => {},
  }) as unknown as ClientChannel;
  const asides: string[] = [];
  const result = followCommand(
    {
      channel,
      exit: watchExit(channel),
      argv: ['sleep', '1000'],
      mark: MARK,
      target: { title: 'web' } as SshTarget,
      aside: (line) => void asides.push(line),
    },
    { signal },
  );
  return { channel, stderr, asides, result };
}

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

describe('a command that is given up', () => {
  it('is ended as soon as its process group is known, also when that is later', async () => {
    const stop = new AbortController();
    const { channel, stderr, asides, result } = played(stop.signal);
    stop.abort(new Error('enough'));
    await turn();
    expect(asides).toEqual([]);
    stderr.write(`${MARK} 4711\n`);
    await turn();
    expect(asides.map((line) => /kill -\w+ -- -\d+/.exec(line)?.[0])).toEqual([
      'kill -TERM -- -4711',
    ]);
    channel.emit('close');
    await expect(result).rejects.toThrow('enough');
  });

  it('is ended at once when its process group is known', async () => {
    const stop = new AbortController();
    const { channel, stderr, asides, result } = played(stop.signal);
    stderr.write(`${MARK} 12\n`);
    await turn();
    stop.abort(new Error('enough'));
    expect(asides).toHaveLength(1);
    channel.emit('close');
    await expect(result).rejects.toThrow('enough');
  });
});
