import type { ServerChannel, Session } from 'ssh2';
import { describe, expect, it } from 'vitest';
import { openSshHost } from '../../../../src/machines/ssh/open-ssh-host.ts';
import { createSshContext } from '../../../../src/machines/ssh/ssh-context.ts';
import type { SshStreams } from '../../../../src/machines/ssh/ssh-host.ts';
import { sshServer, type SshServer } from '../../../support/ssh-server.ts';

const { signal } = new AbortController();
const NO_SUCH_FILE = 2;

function open(server: SshServer): SshStreams & Disposable {
  const host = openSshHost(server.target(), createSshContext({ env: {} }));
  return Object.assign(host, { [Symbol.dispose]: () => host.close() });
}

interface Served {
  /** Gets what ends the channel of files. */
  readonly files?: (end: () => void) => void;
  readonly closed?: () => void;
}

/** Commands say their line and end well; no file is there. */
function serve(session: Session, { files, closed = () => undefined }: Served = {}): void {
  session.on('exec', (accept, _reject, { command }) => {
    const channel = accept();
    channel.on('close', closed).resume();
    channel.write(command);
    channel.exit(0);
    channel.end();
  });
  session.on('sftp', (accept) => {
    const sftp = accept();
    sftp.on('close', () => {
      sftp.end();
      closed();
    });
    sftp.on('OPEN', (id) => sftp.status(id, NO_SUCH_FILE));
    files?.(() => sftp.end());
  });
}

describe('a host', () => {
  it('that opens no session is left when the caller gives up', async () => {
    const stop = new AbortController();
    await using server = await sshServer({
      connected: (connection) =>
        void connection.on('session', () => stop.abort(new Error('enough'))),
    });
    using host = open(server);
    await expect(host.run(['true'], { signal: stop.signal })).rejects.toThrow('enough');
    await expect(host.readFile('/f', stop.signal)).rejects.toThrow('enough');
  });

  it('is opened for all who wait, also when the first of them gives up', async () => {
    const stop = new AbortController();
    const asked = Promise.withResolvers<void>();
    const letIn = Promise.withResolvers<void>();
    await using server = await sshServer({
      login: (context) => {
        asked.resolve();
        void letIn.promise.then(() => context.accept());
      },
      connected: (connection) => void connection.on('session', (accept) => serve(accept())),
    });
    using host = open(server);
    const first = host.connect(stop.signal);
    const second = host.run(['true'], { signal });
    await asked.promise;
    stop.abort(new Error('enough'));
    await expect(first).rejects.toThrow('enough');
    letIn.resolve();
    expect((await second).code).toBe(0);
  });

  it('that is closed while it is being opened is not opened', async () => {
    const asked = Promise.withResolvers<void>();
    await using server = await sshServer({ login: () => asked.resolve() });
    using host = open(server);
    const opening = host.connect(signal);
    await asked.promise;
    host.close();
    await expect(opening).rejects.toThrow('the connection to server was closed');
  });

  it('whose shell talks before the answers about files is told as that', async () => {
    await using server = await sshServer({
      connected: (connection) =>
        void connection.on('session', (accept) => {
          // Without a listener for "sftp" it is a subsystem like any other.
          accept().on('subsystem', (take: () => ServerChannel) => take().write('Welcome!\n'));
        }),
    });
    using host = open(server);
    const failed = host.readFile('/f', signal);
    await expect(failed).rejects.toThrow(
      'the shell of somebody prints comes before the answer: "Welc" …',
    );
  });

  it('that ends the channel of files gets another one', async () => {
    const ends: (() => void)[] = [];
    await using server = await sshServer({
      connected: (connection) =>
        void connection.on('session', (accept) =>
          serve(accept(), { files: (end) => ends.push(end) }),
        ),
    });
    using host = open(server);
    await expect(host.readFile('/f', signal)).rejects.toThrow('No such file');
    ends[0]?.();
    // Whatever follows on the connection comes after the end of the channel.
    await host.run(['true'], { signal });
    await expect(host.readFile('/f', signal)).rejects.toThrow('No such file');
    expect(ends).toHaveLength(2);
  });

  it('that allows a single session has commands and files in turn', async () => {
    let used = 0;
    await using server = await sshServer({
      connected: (connection) =>
        void connection.on('session', (accept, reject) => {
          if (used > 0) reject();
          else {
            used += 1;
            serve(accept(), { closed: () => (used -= 1) });
          }
        }),
    });
    using host = open(server);
    const [command, file] = await Promise.allSettled([
      host.run(['true'], { signal }),
      host.readFile('/f', signal),
    ]);
    expect(command.status).toBe('fulfilled');
    expect(file).toMatchObject({
      reason: { message: expect.stringContaining('No such file') as string },
    });
    await expect(host.readFile('/f', signal)).rejects.toThrow('No such file');
    expect((await host.run(['true'], { signal })).code).toBe(0);
    const both = await Promise.allSettled([
      host.readFile('/f', signal),
      host.run(['true'], { signal }),
    ]);
    expect(both.map(({ status }) => status)).toEqual(['rejected', 'fulfilled']);
  });
});
