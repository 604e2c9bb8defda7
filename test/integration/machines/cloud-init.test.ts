import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { MachineEvent } from '../../../src/machines/machine-event.ts';
import type { ProvisionReport } from '../../../src/machines/provision/provision.ts';
import type { SshHost } from '../../../src/machines/ssh/ssh-host.ts';
import { INSTANCE_PACKAGES, seedFiles } from '../../support/cloud-instances.ts';
import { startHosts, type TestHost, type TestHosts } from '../../support/hosts.ts';
import { provision } from '../../support/provision-bench.ts';
import { sshKey, sshTo } from '../../support/ssh-hosts.ts';

/** Is at work until it is told to go on, and fails then. */
const userData = `#cloud-config
${JSON.stringify({
  ssh_deletekeys: false,
  runcmd: [
    'touch /run/at-work; while [ ! -e /run/go-on ]; do sleep 0.1; done',
    ['sh', '-c', 'exit 3'],
  ],
})}
`;

describe('a host that its cloud is still preparing', () => {
  let hosts: TestHosts;
  let server: TestHost;
  let host: SshHost;

  beforeAll(async () => {
    hosts = await startHosts();
    const seed = { name: 'web', keys: [sshKey], userData, user: 'root' };
    server = await hosts.start({
      image: 'bookworm',
      packages: INSTANCE_PACKAGES,
      authorizedKeys: [sshKey],
      files: seedFiles('i-1', seed),
    });
    host = sshTo(server.address);
  });

  afterAll(async () => {
    host?.close();
    await hosts?.close();
  });

  /** Provisions it, and lets something happen as soon as cloud-init is seen to be in its last stage. */
  async function provisionAndMeanwhile(
    meanwhile: () => Promise<unknown>,
  ): Promise<ProvisionReport> {
    let done: Promise<unknown> | undefined;
    const onEvent = ({ type, text }: MachineEvent): void => {
      if (type === 'detail' && text === 'cloud-init: modules-final') {
        done ??= (async () => {
          await expect
            .poll(async () => (await server.exec(['test', '-e', '/run/at-work'])).code, {
              timeout: 30_000,
            })
            .toBe(0);
          await meanwhile();
        })();
      }
    };
    const report = await provision(host, { source: 'distribution' }, { onEvent });
    expect(done).toBeDefined();
    await done;
    return report;
  }

  it('is waited for; that it crashes is told and keeps no engine away', async () => {
    const report = await provisionAndMeanwhile(() =>
      server.shell('systemctl kill -s KILL cloud-final; touch /run/go-on'),
    );
    expect(report.notes).toContainEqual(
      'cloud-init had errors: cloud-final failed; /var/log/cloud-init-output.log on the host has more',
    );
    expect(report.changes).toContain('install docker.io');
    expect(await server.shell('systemctl is-active docker')).toBe('active\n');
  });

  it('is waited for at a later boot; which part failed is told', async () => {
    await server.shell('cloud-init clean');
    await server.restart();
    const report = await provisionAndMeanwhile(() => server.shell('touch /run/go-on'));
    expect(report.changes).toEqual([]);
    expect(report.notes?.join()).toContain(
      'cloud-init had errors: scripts-user: Runparts: 1 failures (runcmd) in 1 attempted commands;',
    );
  });
});
