/** An engine over SSH for measuring: a test host, and a user of this machine who may log in to it. */
import { chmodSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { startHosts } from '../test/support/hosts.ts';
import { importTestImages } from '../test/support/images.ts';
import { type Distance, distance } from './distance.ts';
import { sshHome } from '../test/support/ssh-home.ts';

export interface SshEngine {
  /** What both tools are run with, when the host is so many milliseconds of a round trip away. */
  env(roundTrip: number): Promise<Readonly<Record<string, string | undefined>>>;
  close(): Promise<void>;
}

/** Starts a host with Docker Engine, reached by `DOCKER_HOST=ssh://`. */
export async function startSshEngine(): Promise<SshEngine> {
  const home = sshHome();
  const hosts = await startHosts();
  const host = await hosts.start({
    image: 'trixie-docker',
    authorizedKeys: [home.publicKey],
  });
  home.know(host.address, host.hostKey);
  await importTestImages(await host.dockerApi());
  home.configure(
    `IdentityFile ${home.keyPath}\nUserKnownHostsFile ${home.path}/.ssh/known_hosts\n`,
  );
  // Docker Compose runs the machine's own ssh, which takes the home directory from /etc/passwd.
  const bin = join(home.path, 'bin');
  mkdirSync(bin);
  writeFileSync(
    join(bin, 'ssh'),
    `#!/bin/sh\nexec /usr/bin/ssh -F ${home.path}/.ssh/config "$@"\n`,
  );
  chmodSync(join(bin, 'ssh'), 0o755);
  const env = { ...home.env, PATH: `${bin}:${process.env['PATH']}` };
  const distances = new Map<number, Distance>();
  return {
    env: async (roundTrip) => {
      if (roundTrip === 0) return { ...env, DOCKER_HOST: `ssh://root@${host.address}` };
      let way = distances.get(roundTrip);
      if (way === undefined) {
        way = await distance({ host: host.address, port: 22 }, roundTrip);
        distances.set(roundTrip, way);
        home.know(`[127.0.0.1]:${way.port}`, host.hostKey);
      }
      return { ...env, DOCKER_HOST: `ssh://root@127.0.0.1:${way.port}` };
    },
    close: async () => {
      for (const way of distances.values()) way.close();
      await hosts.close();
      home[Symbol.dispose]();
    },
  };
}
