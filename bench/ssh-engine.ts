/** An engine over SSH for measuring: a test host, and a user of this machine who may log in to it. */
import { chmodSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { startHosts } from '../test/support/hosts.ts';
import { importTestImages } from '../test/support/images.ts';
import { sshHome } from '../test/support/ssh-home.ts';

export interface SshEngine {
  /** What both tools are run with. */
  readonly env: Readonly<Record<string, string | undefined>>;
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
  return {
    env: {
      ...home.env,
      PATH: `${bin}:${process.env['PATH']}`,
      DOCKER_HOST: `ssh://root@${host.address}`,
    },
    close: async () => {
      await hosts.close();
      home[Symbol.dispose]();
    },
  };
}
