import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ProvisionReport } from '../../../src/machines/provision/provision.ts';
import type { UpgradeReport } from '../../../src/machines/provision/upgrade.ts';
import type { SshHost } from '../../../src/machines/ssh/ssh-host.ts';
import { startHosts, type TestHost, type TestHosts } from '../../support/hosts.ts';
import { provision as provisionOn, upgrade as upgradeOn } from '../../support/provision-bench.ts';
import { makeRpmSystem, RPM_PACKAGES } from '../../support/rpm-system.ts';
import { sshKey, sshTo } from '../../support/ssh-hosts.ts';

describe('a host of the Red Hat family, with the real dnf and rpm', () => {
  let hosts: TestHosts;
  let server: TestHost;
  let host: SshHost;
  let fingerprint: string;

  beforeAll(async () => {
    hosts = await startHosts();
    server = await hosts.start({
      image: 'bookworm',
      packages: RPM_PACKAGES,
      authorizedKeys: [sshKey],
    });
    fingerprint = await makeRpmSystem(server);
    host = sshTo(server.address);
  });

  afterAll(async () => {
    host?.close();
    await hosts?.close();
  });

  const provision = (version: string, keys?: readonly string[]): Promise<ProvisionReport> =>
    provisionOn(host, { version }, keys === undefined ? {} : { dockerKeys: keys });
  const upgrade = (version?: string): Promise<UpgradeReport> =>
    upgradeOn(host, version === undefined ? {} : { version });
  const installed = (): Promise<string> =>
    server.shell("rpm -q --qf '%{VERSION} ' docker-ce docker-ce-cli");

  it('gets an engine of the version that was asked for, signed by the key that is trusted', async () => {
    await expect(provision('28.5.1')).rejects.toMatchObject({
      step: "fetch the key of Docker's repository",
      message: expect.stringContaining(`it holds the key ${fingerprint}, and only 060A61C5`),
    });
    expect((await server.exec(['ls', '/etc/yum.repos.d/docker-ce.repo'])).code).not.toBe(0);
    await expect(provision('99', [fingerprint])).rejects.toMatchObject({
      message: expect.stringContaining("the host's package sources have no docker-ce-99"),
      hint: expect.stringContaining('--showduplicates'),
    });
    const report = await provision('28.5.1', [fingerprint]);
    expect(report).toMatchObject({ system: 'rocky 9.4', left: [] });
    expect(await installed()).toBe('28.5.1 28.5.1 ');
    expect(await server.shell('systemctl is-enabled docker')).toBe('enabled\n');
    expect((await provision('28.5.1', [fingerprint])).changes).toEqual([]);
  });

  it('goes to other versions, older ones too, and back when the engine does not start', async () => {
    expect(await upgrade('28')).toMatchObject({ from: '28.5.1', to: '28.5.2', changed: true });
    expect(await upgrade('28.5')).toMatchObject({ changed: false });
    expect(await upgrade('28.5.1')).toMatchObject({ from: '28.5.2', to: '28.5.1', changed: true });
    expect(await installed()).toBe('28.5.1 28.5.1 ');
    await expect(upgrade()).rejects.toMatchObject({
      message: expect.stringMatching(
        /dockerd does not start: the data is too old[^]*What was there before is back/,
      ),
    });
    expect(await installed()).toBe('28.5.1 28.5.1 ');
    expect(await server.shell('systemctl is-active docker')).toBe('active\n');
  });
});
