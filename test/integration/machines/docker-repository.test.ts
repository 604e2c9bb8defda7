import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type {
  ProvisionReport,
  ProvisionRequest,
} from '../../../src/machines/provision/provision.ts';
import type { UpgradeReport } from '../../../src/machines/provision/upgrade.ts';
import type { SshHost } from '../../../src/machines/ssh/ssh-host.ts';
import type { EngineOptions } from '../../../src/machines/store/machine-record.ts';
import { DockerRepository } from '../../support/docker-repository.ts';
import { startHosts, type TestHost, type TestHosts } from '../../support/hosts.ts';
import { provision as provisionOn, upgrade as upgradeOn } from '../../support/provision-bench.ts';
import { sshKey, sshTo } from '../../support/ssh-hosts.ts';

let hosts: TestHosts;
let repository: DockerRepository;
let server: TestHost;
let host: SshHost;

beforeAll(async () => {
  hosts = await startHosts();
  repository = await DockerRepository.start(hosts);
  server = await hosts.start({ image: 'trixie', authorizedKeys: [sshKey] });
  await repository.showTo(server);
  host = sshTo(server.address);
});

afterAll(async () => {
  host?.close();
  await repository?.[Symbol.asyncDispose]();
  await hosts?.close();
});

const provision = (
  engine?: Partial<EngineOptions>,
  rest?: Partial<ProvisionRequest>,
): Promise<ProvisionReport> =>
  provisionOn(host, engine, { dockerKeys: [repository.fingerprint], ...rest });
const upgrade = (wish: Parameters<typeof upgradeOn>[1]): Promise<UpgradeReport> =>
  upgradeOn(host, wish);

const installed = (name = 'docker-ce'): Promise<string> =>
  server.shell(`dpkg-query -W -f '\${Version}' ${name}`);

describe("an engine from Docker's repository", () => {
  it('is not installed when the key of the repository is not the one that Docker names', async () => {
    await expect(provision({}, { dockerKeys: undefined as never })).rejects.toMatchObject({
      kind: 'provision',
      step: "fetch the key of Docker's repository",
      message: expect.stringContaining(
        `it holds the key ${repository.fingerprint}, and only 9DC858229FC7DD38854AE2D88D81803C0EBFCD88 is trusted`,
      ),
    });
    expect((await server.exec(['ls', '/etc/apt/keyrings/docker.asc'])).code).not.toBe(0);
    expect((await server.exec(['ls', '/etc/apt/sources.list.d/docker.sources'])).code).not.toBe(0);
  });

  it('is that of the version that was asked for, though there are newer ones', async () => {
    const report = await provision({ version: '28.5.1' });
    expect(report).toMatchObject({ system: 'debian 13', left: [] });
    expect(await installed()).toBe('5:28.5.1-1~debian.13~trixie');
    expect(await installed('docker-ce-cli')).toBe('5:28.5.1-1~debian.13~trixie');
    expect(await server.shell('cat /etc/apt/sources.list.d/docker.sources')).toContain(
      'Signed-By: /etc/apt/keyrings/docker.asc',
    );
    expect(await server.shell('systemctl is-active docker')).toBe('active\n');
    expect((await provision({ version: '28.5.1' })).changes).toEqual([]);
  });

  it('goes to versions that are asked for, newer and older, while containers run on', async () => {
    const root = 'usr/bin/sleep lib64/ld-linux-x86-64.so.2 lib/x86_64-linux-gnu/libc.so.6';
    await server.shell(
      `tar -ch -C / ${root} | docker import - idle && docker run -d --name idle idle sleep inf`,
    );
    const pid = await server.shell('docker inspect -f {{.State.Pid}} idle');
    const plan = await upgrade({ version: '28', dryRun: true });
    expect(plan).toMatchObject({
      changed: false,
      plan: [
        'change to docker-ce 5:28.5.2-1~debian.13~trixie',
        '  docker-ce: 5:28.5.1-1~debian.13~trixie → 5:28.5.2-1~debian.13~trixie',
        'see that the engine runs',
      ],
      notes: ['the engine restarts; its 1 container keep running (live-restore)'],
    });
    expect(await installed()).toBe('5:28.5.1-1~debian.13~trixie');
    const forth = await upgrade({ version: '28' });
    expect(forth).toMatchObject({ from: '28.5.1', to: '28.5.2', changed: true });
    expect(await installed('docker-ce-cli')).toBe('5:28.5.2-1~debian.13~trixie');
    expect(await upgrade({ version: '28' })).toMatchObject({ changed: false });
    const back = await upgrade({ version: '28.5.1' });
    expect(back).toMatchObject({ from: '28.5.2', to: '28.5.1', changed: true });
    expect(await installed()).toBe('5:28.5.1-1~debian.13~trixie');
    expect(await server.shell('docker inspect -f {{.State.Pid}} idle')).toBe(pid);
  });

  it('is put back when it does not start, and says why it did not', async () => {
    await expect(upgrade({})).rejects.toMatchObject({
      kind: 'provision',
      step: 'see that the engine runs',
      message: expect.stringMatching(
        /dockerd does not start: the data is too old[^]*What was there before is back, and the engine runs with it/,
      ),
    });
    expect(await installed()).toBe('5:28.5.1-1~debian.13~trixie');
    expect(await server.shell('docker ps -q')).not.toBe('');
  });
});

/** As a host that has never had an engine. */
async function forget(): Promise<void> {
  await server.shell(
    `systemctl stop docker docker.socket containerd; apt-get purge -qy 'docker*' 'containerd*' runc && rm -rf /etc/docker /var/lib/tcompose`,
  );
}

describe('packages of the distribution', () => {
  it('are not pushed out by those of Docker', async () => {
    await forget();
    await server.shell('apt-get install -qy --no-install-recommends containerd');
    await expect(provision({ source: 'docker' })).rejects.toMatchObject({
      kind: 'provision',
      message: expect.stringContaining('it would remove containerd'),
      hint: expect.stringContaining('--engine-source distribution'),
    });
    expect(await installed('containerd')).not.toBe('');
    const report = await provision();
    expect(report.changes).toContain('install docker.io, docker-cli');
    const again = await provision({ source: 'docker' });
    expect(again.left.join()).toContain('docker.io stays');
    expect(again.changes).toEqual([]);
  });
});

describe('a script that installs the engine', () => {
  it('is run whole, or not at all, and never where there is an engine', async () => {
    const installUrl = 'https://download.docker.com/install.sh';
    const there = await provision({ installUrl });
    expect(there.changes).toEqual([]);
    await forget();
    await expect(provision({ installUrl })).rejects.toMatchObject({
      step: `run ${installUrl}`,
      message: expect.stringContaining('404'),
    });
    repository.write('install.sh', 'set -e\necho begun >&2\necho no such system >&2\nexit 7\n');
    await expect(provision({ installUrl })).rejects.toMatchObject({
      message: expect.stringMatching(/could not run .*: exit code 7[^]*no such system/),
    });
    repository.write(
      'install.sh',
      'set -e\ntouch /srv/ran\napt-get install -qy --no-install-recommends docker-ce=5:28.5.2-1~debian.13~trixie docker-ce-cli=5:28.5.2-1~debian.13~trixie\n',
    );
    const report = await provision({ installUrl, labels: ['a=b'] });
    expect(report.changes).toContain(`run ${installUrl}`);
    expect(await installed()).toBe('5:28.5.2-1~debian.13~trixie');
    expect(await server.shell("docker info -f '{{.Labels}}'")).toContain('a=b');
    expect((await provision({ installUrl, labels: ['a=b'] })).changes).toEqual([]);
  });

  it('leaves an engine that can be given another version', async () => {
    const options = { changeVersion: true, lockPatience: 60_000 };
    const report = await provision({ version: '28.5.1', labels: ['a=b'] }, options);
    expect(report).toMatchObject({ changes: ['Docker 28.5.2 → 28.5.1'], left: [] });
    expect(await installed()).toBe('5:28.5.1-1~debian.13~trixie');
  });
});
