import { connect, type AddressInfo } from 'node:net';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import ssh2 from 'ssh2';
import { generateKey } from '../src/machines/lifecycle/openssh-key.ts';

/** A host over SSH that is only played. */
export interface WarmUpHost {
  /** As DOCKER_HOST has it. */
  readonly address: string;
  close(): void;
}

/**
 * Lets the user of `home` in, whose key and known_hosts it writes, and forwards every socket to that of the
 * played engine.
 */
export async function warmUpHost(home: string, engineSocket: string): Promise<WarmUpHost> {
  const hostKey = generateKey('host');
  const userKey = generateKey('somebody');
  const server = new ssh2.Server({ hostKeys: [hostKey.privateKey] }, (client) => {
    client.on('error', () => undefined);
    client.on('authentication', (asked) => {
      if (asked.method === 'publickey') asked.accept();
      else asked.reject(['publickey']);
    });
    client.on('openssh.streamlocal' as never, (accept: () => NodeJS.ReadWriteStream) => {
      const channel = accept();
      const socket = connect(engineSocket);
      socket.on('error', () => undefined);
      channel.pipe(socket).pipe(channel);
    });
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  const { port } = server.address() as AddressInfo;
  const folder = join(home, '.ssh');
  mkdirSync(folder, { mode: 0o700 });
  writeFileSync(join(folder, 'id_ed25519'), userKey.privateKey, { mode: 0o600 });
  writeFileSync(join(folder, 'known_hosts'), `[127.0.0.1]:${port} ${hostKey.publicKey}\n`);
  return { address: `ssh://somebody@127.0.0.1:${port}`, close: () => void server.close() };
}
