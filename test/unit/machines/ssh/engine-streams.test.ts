import { type Duplex, PassThrough } from 'node:stream';
import { describe, expect, it } from 'vitest';
import { EngineStreams } from '../../../../src/machines/ssh/engine-streams.ts';
import type { RunResult, SshStreams, SshTarget } from '../../../../src/machines/ssh/ssh-host.ts';

const target = { title: 'web', user: 'somebody' } as SshTarget;

/** A host whose sshd forwards to the sockets in `sockets`, and whose examination says `findings`. */
function playedHost(sockets: Set<string>, findings = '') {
  const opened: Duplex[] = [];
  const programs: (readonly string[])[] = [];
  const host = {
    target,
    forward: async (to: { readonly socket: string }) => {
      await Promise.resolve();
      if (!sockets.has(to.socket)) throw new Error('(SSH) Channel open failure: open failed');
      const stream = new PassThrough();
      opened.push(stream);
      return stream;
    },
    run: () => Promise.resolve({ code: 0, stdout: findings, stderr: '' } satisfies RunResult),
    stream: (argv: readonly string[]) => {
      programs.push(argv);
      return Promise.resolve(new PassThrough());
    },
    close: () => undefined,
  };
  return { host: host as unknown as SshStreams, opened, programs };
}

const streamsTo = (host: SshStreams, path?: string): EngineStreams =>
  new EngineStreams(() => host, path, new AbortController().signal);

const SYSTEM = '/var/run/docker.sock';

describe('streams to an engine', () => {
  it('start with the one that found the socket, and are opened ahead for the questions that follow', async () => {
    const { host, opened } = playedHost(new Set([SYSTEM]));
    const streams = streamsTo(host);
    const first = await streams.open();
    expect(first).toBe(opened[0]);
    const next = await Promise.all([streams.open(), streams.open(), streams.open()]);
    expect(opened).toHaveLength(4);
    expect(new Set([first, ...next])).toEqual(new Set(opened));
    expect(opened).toContain(await streams.open());
    expect(opened).toHaveLength(5);
  });

  it('are never one that was closed in the meantime', async () => {
    const { host, opened } = playedHost(new Set([SYSTEM]));
    const streams = streamsTo(host);
    await streams.open();
    await new Promise((resolve) => setImmediate(resolve));
    for (const stream of opened) stream.destroy();
    const next = await streams.open();
    expect(next.destroyed).toBe(false);
    expect(opened.indexOf(next)).toBe(4);
  });

  it('say that the engine stopped when nothing answers any more, and look again the next time', async () => {
    const sockets = new Set([SYSTEM]);
    const { host, opened } = playedHost(sockets, 'installed=yes\nuser=somebody\n');
    const streams = streamsTo(host);
    await streams.open();
    await new Promise((resolve) => setImmediate(resolve));
    for (const stream of opened) stream.destroy();
    sockets.clear();
    await expect(streams.open()).rejects.toThrow('the Docker Engine of web does not run');
    sockets.add(SYSTEM);
    expect((await streams.open()).destroyed).toBe(false);
  });

  it('go to the engine of the user where that of the system is not theirs', async () => {
    const own = '/run/user/1000/docker.sock';
    const { host } = playedHost(new Set([own]), `exists=yes\nrootless=${own}\n`);
    expect((await streamsTo(host).open()).destroyed).toBe(false);
  });

  it('go through programs of the host where sshd forwards nothing, six to a connection', async () => {
    const found = 'exists=yes\nwritable=yes\ndocker=yes\nrunning=yes\n';
    const { host, programs } = playedHost(new Set(), found);
    let connections = 0;
    const streams = new EngineStreams(
      () => {
        connections += 1;
        return host;
      },
      undefined,
      new AbortController().signal,
    );
    for (let count = 0; count < 7; count += 1) await streams.open();
    expect(programs[0]).toEqual(['docker', '-H', `unix://${SYSTEM}`, 'system', 'dial-stdio']);
    expect(programs).toHaveLength(7);
    expect(connections).toBe(2);
  });
});
