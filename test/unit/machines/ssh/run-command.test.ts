import { PassThrough, Readable } from 'node:stream';
import type { ClientChannel } from 'ssh2';
import { describe, expect, it } from 'vitest';
import { followCommand, watchExit } from '../../../../src/machines/ssh/run-command.ts';
import { followShell } from '../../../../src/machines/ssh/run-shell.ts';
import type { RunOptions, SshTarget } from '../../../../src/machines/ssh/ssh-host.ts';

const MARK = 'tcompose-1234';

/** A command on a host that the test plays; `asides` are lines that were run to end it. */
function played(signal: AbortSignal, input?: RunOptions['input']) {
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
      aside: (line) => {
        asides.push(line);
        return Promise.resolve();
      },
    },
    { signal, ...(input === undefined ? {} : { input }) },
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

  it('before it began is ended as well', async () => {
    const { channel, stderr, asides, result } = played(AbortSignal.abort(new Error('enough')));
    stderr.write(`${MARK} 12\n`);
    await turn();
    expect(asides).toHaveLength(1);
    channel.emit('close');
    await expect(result).rejects.toThrow('enough');
  });

  it('because its input cannot be read tells why', async () => {
    const input = new Readable({ read: () => undefined });
    const { channel, stderr, asides, result } = played(new AbortController().signal, input);
    stderr.write(`${MARK} 12\n`);
    input.destroy(new Error('EACCES: secret.env'));
    await turn();
    expect(asides).toHaveLength(1);
    channel.emit('close');
    await expect(result).rejects.toThrow('EACCES: secret.env');
  });
});

it('what a shell prints before a command is not in its output', async () => {
  const { channel, stderr, result } = played(new AbortController().signal);
  stderr.end(`bashrc: no such colour\n${MARK} 12\nown warning\n`);
  channel.emit('data', Buffer.from('Welcome to web!\nload: 0.3\ntcompose'));
  channel.emit('data', Buffer.from(`-1234 \nown`));
  channel.emit('data', Buffer.from(' output\n'));
  await turn();
  channel.emit('exit', 0);
  channel.emit('close');
  await expect(result).resolves.toEqual({
    code: 0,
    stdout: 'own output\n',
    stderr: 'bashrc: no such colour\nown warning\n',
  });
});

it('what is said instead of a command is kept', async () => {
  const { channel, result } = played(new AbortController().signal);
  channel.emit('data', Buffer.from('This account is only for backups.\n'));
  await turn();
  channel.emit('exit', 1);
  channel.emit('close');
  await expect(result).resolves.toMatchObject({
    code: 1,
    stdout: 'This account is only for backups.\n',
  });
});

it.each(['before it began', 'while it ran'])('a session that is given up %s ends', async (when) => {
  const stop = new AbortController();
  const told: string[] = [];
  const channel = Object.assign(new PassThrough(), {
    stderr: new PassThrough(),
    signal: (name: string) => told.push(name),
    close: () => told.push('close'),
  }) as unknown as ClientChannel;
  const [stdin, stdout] = [new PassThrough(), new PassThrough()];
  const options = { words: [], tty: false, stdin, stdout, stderr: stdout, signal: stop.signal };
  if (when === 'before it began') stop.abort(new Error('enough'));
  const code = followShell({ channel, exit: {} }, options, { title: 'web' } as SshTarget);
  stop.abort(new Error('enough'));
  await expect(code).rejects.toThrow('enough');
  expect(told).toEqual(['HUP', 'close']);
});
