/** SSH servers in this process, for what no sshd does when it is asked to: silence, refusals, late answers. */
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import ssh2, { type AuthContext, type Connection } from 'ssh2';
import type { Clock } from '../../src/foundation/clock.ts';
import type { SshTarget } from '../../src/machines/ssh/ssh-host.ts';
import { sshHome } from './ssh-home.ts';

export interface SshServerScript {
  /** Answers each try to log in; absent: everybody is let in. */
  readonly login?: (context: AuthContext) => void;
  /** Called when somebody was let in. */
  readonly connected?: (connection: Connection) => void;
}

export interface SshServer extends AsyncDisposable {
  readonly port: number;
  /** How it is reached by a user with a key of their own. */
  target(more?: Partial<SshTarget>): SshTarget;
}

/** Starts a server. Disposing ends its connections. */
export async function sshServer({ login, connected }: SshServerScript = {}): Promise<SshServer> {
  const home = sshHome();
  const hostKey = ssh2.utils.generateKeyPairSync('ed25519');
  const connections = new Set<Connection>();
  const server = new ssh2.Server({ hostKeys: [hostKey.private] }, (connection) => {
    connections.add(connection);
    connection.on('error', () => undefined);
    connection.on('authentication', login ?? ((context) => context.accept()));
    connection.on('ready', () => connected?.(connection));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    port,
    target: (more = {}) => ({
      title: 'server',
      address: '127.0.0.1',
      port,
      user: 'somebody',
      keyPaths: [home.keyPath],
      onlyTheseKeys: true,
      knownHosts: [`${home.path}/known_hosts`],
      newHostKey: 'accept',
      jumps: [],
      connectTimeout: 5000,
      ...more,
    }),
    [Symbol.asyncDispose]: async () => {
      server.close();
      for (const connection of connections) connection.end();
      home[Symbol.dispose]();
      await Promise.resolve();
    },
  };
}

/** A clock whose waits end only when they are made to. */
export function heldClock(): { readonly clock: Clock; readonly passTime: () => void } {
  const waits = new Set<() => void>();
  return {
    clock: {
      now: () => 0,
      sleep: (_ms, signal) =>
        new Promise((resolve, reject) => {
          waits.add(resolve);
          const stop = (): void => {
            waits.delete(resolve);
            reject(signal.reason as Error);
          };
          if (signal.aborted) stop();
          else signal.addEventListener('abort', stop, { once: true });
        }),
    },
    passTime: () => {
      for (const end of waits) end();
    },
  };
}
