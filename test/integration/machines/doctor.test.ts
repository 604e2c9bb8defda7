import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { DoctorCheck } from '../../../src/machines/provision/doctor-checks.ts';
import { type DoctorReport, examine } from '../../../src/machines/provision/doctor.ts';
import type { UpgradeReport } from '../../../src/machines/provision/upgrade.ts';
import { startHosts, type TestHost, type TestHosts } from '../../support/hosts.ts';
import { provision, upgrade as upgradeOn } from '../../support/provision-bench.ts';
import { sshKey, sshTo } from '../../support/ssh-hosts.ts';

const { signal } = new AbortController();
let hosts: TestHosts;
let server: TestHost;

beforeAll(async () => {
  hosts = await startHosts();
  server = await hosts.start({
    image: 'trixie-docker',
    authorizedKeys: [sshKey],
    users: [{ name: 'eve', authorizedKeys: [sshKey] }],
  });
  const api = await server.dockerApi();
  expect(await api.alive()).toBe(true);
});

afterAll(async () => {
  await hosts.close();
});

async function doctor(user = 'root', now = Date.now()): Promise<DoctorReport> {
  const host = sshTo(server.address, { user });
  try {
    return await examine({ machine: 'm', host, now, signal });
  } finally {
    host.close();
  }
}

function found(report: DoctorReport, id: string): DoctorCheck | undefined {
  return report.checks.find((check) => check.id === id);
}

describe('the doctor', () => {
  it('finds nothing to fail on a host that works', async () => {
    const report = await doctor();
    expect(report.checks.filter(({ status }) => status === 'fail')).toEqual([]);
    expect(report.checks.map(({ id }) => id)).toEqual([
      'address',
      'tcp',
      'host-key',
      'auth',
      'sudo',
      'system',
      'cloud-init',
      'disk',
      'memory',
      'time',
      'packages',
      'engine',
      'daemon-json',
      'socket',
      'engine-api',
      'ports',
      'reboot',
      'updates',
    ]);
    expect(found(report, 'engine')?.detail).toMatch(/^Docker 26\.\d+\.\d+ \(docker\.io\)$/);
    expect(found(report, 'engine-api')).toMatchObject({ status: 'ok', detail: 'API 1.45' });
  });

  it('sees a user without rights, a clock that is wrong and a reboot that is due', async () => {
    await server.shell('touch /run/reboot-required; echo linux-image >/run/reboot-required.pkgs');
    const report = await doctor('eve', Date.now() + 3_600_000);
    expect(report.status).toBe('fail');
    expect(found(report, 'sudo')).toMatchObject({
      status: 'warn',
      advice: expect.stringContaining('/etc/sudoers.d/eve'),
    });
    expect(found(report, 'socket')).toMatchObject({
      status: 'fail',
      advice: expect.stringContaining('usermod -aG docker eve'),
    });
    expect(found(report, 'engine-api')?.status).toBe('skip');
    expect(found(report, 'time')?.detail).toMatch(/behind this computer/);
    expect(found(report, 'reboot')).toMatchObject({
      status: 'warn',
      detail: 'the host waits for a reboot for linux-image',
    });
    await server.shell('rm /run/reboot-required*');
  });

  it('sees an engine that is open to the world', async () => {
    const unit = '/etc/systemd/system/docker.service.d/open.conf';
    await server.shell(
      `mkdir -p ${unit.replace(/\/[^/]*$/, '')}; printf '[Service]\\nExecStart=\\nExecStart=/usr/sbin/dockerd -H fd:// -H tcp://0.0.0.0:2375\\n' >${unit}; systemctl daemon-reload; systemctl restart docker`,
    );
    expect(found(await doctor(), 'ports')).toMatchObject({
      status: 'fail',
      detail: 'port 2375 of the engine listens on public addresses',
    });
    await server.shell(`rm ${unit}; systemctl daemon-reload; systemctl restart docker`);
    expect(found(await doctor(), 'ports')?.status).toBe('ok');
  });

  it('tells why an engine does not run, and where its configuration is wrong', async () => {
    await server.shell(`echo '{"log-level": "loud"}' >/etc/docker/daemon.json`);
    await server.exec(['systemctl', 'reset-failed', 'docker']);
    await server.exec(['systemctl', 'restart', 'docker']);
    const report = await doctor();
    expect(found(report, 'engine')).toMatchObject({
      status: 'fail',
      detail: expect.stringContaining('invalid logging level: loud'),
    });
    expect(found(report, 'daemon-json')?.status).toBe('fail');
    expect(found(report, 'engine-api')?.status).toBe('skip');
    await server.shell(`echo '{"debug": tru}' >/etc/docker/daemon.json`);
    expect(found(await doctor(), 'daemon-json')).toMatchObject({
      detail: '/etc/docker/daemon.json is no JSON: line 1, column 11: expected a value',
    });
    await server.shell(
      'rm /etc/docker/daemon.json; systemctl reset-failed docker docker.socket; systemctl restart docker',
    );
  });

  it('knows an engine that a user runs without root, which is used as it is', async () => {
    const id = (await server.shell('id -u eve')).trim();
    const socket = `/run/user/${id}/docker.sock`;
    // A stand-in in all but its place: its user may use it, and the system has none that runs.
    await server.shell(`systemctl stop docker docker.socket && install -d -o eve /run/user/${id} &&
      systemd-run -q --unit=rootless dockerd -H unix://${socket} --pidfile /run/rootless.pid`);
    await expect
      .poll(async () => (await server.exec(['docker', '-H', `unix://${socket}`, 'ps'])).code, {
        timeout: 60_000,
        interval: 500,
      })
      .toBe(0);
    await server.shell(`chown eve ${socket}`);
    const report = await doctor('eve');
    expect(found(report, 'engine')).toMatchObject({
      status: 'warn',
      detail: expect.stringMatching(/^Docker 26\.[\d.]+ of eve, without root \(\S+\) ends with/),
      advice: 'as root on the host: loginctl enable-linger eve',
    });
    expect(found(report, 'socket')?.status).toBe('ok');
    expect(found(report, 'engine-api')).toMatchObject({ status: 'ok', detail: 'API 1.45' });
    const host = sshTo(server.address, { user: 'eve' });
    expect(await provision(host, {}, { configure: false })).toMatchObject({
      changes: [],
      engineVersion: expect.stringMatching(/^26\./),
      notes: [`the engine of eve runs without root (${socket}) and is used as it is`],
    });
    await expect(provision(host)).rejects.toMatchObject({
      message: expect.stringContaining('configures only engines of the system'),
    });
    host.close();
    await server.shell('systemctl stop rootless; systemctl start docker.socket docker');
  });

  it('sees what is broken in a host besides its engine', async () => {
    const report = async (before: string, after: string, id: string) => {
      await server.shell(before);
      try {
        return found(await doctor(), id);
      } finally {
        await server.shell(after);
      }
    };
    expect(
      await report(
        'mkdir /run/cloud-init; echo "{}" >/run/cloud-init/status.json; echo \'{"v1": {"errors": ["no"]}}\' >/run/cloud-init/result.json',
        'rm -r /run/cloud-init',
        'cloud-init',
      ),
    ).toMatchObject({ status: 'warn', detail: 'had errors: no' });
    expect(
      await report('mount -t tmpfs -o size=100m tmpfs /var/cache', 'umount /var/cache', 'disk'),
    ).toMatchObject({ status: 'fail', detail: expect.stringContaining('/var/cache') });
    expect(
      await report(
        'mkdir -p /var/lib/dpkg/updates && echo >/var/lib/dpkg/updates/0001',
        'rm /var/lib/dpkg/updates/0001',
        'packages',
      ),
    ).toMatchObject({
      status: 'fail',
      advice: 'if none goes on: `dpkg --configure -a` on the host, as root',
    });
    expect(
      await report(
        'cp -P /etc/os-release /srv/os; rm /etc/os-release; echo ID=arch >/etc/os-release',
        'rm /etc/os-release; cp -P /srv/os /etc/os-release',
        'system',
      ),
    ).toMatchObject({ status: 'warn', detail: expect.stringContaining('cannot install') });
    expect(
      await report('systemctl disable -q docker', 'systemctl enable -q docker', 'engine'),
    ).toMatchObject({ status: 'warn', detail: expect.stringContaining('does not start at boot') });
    expect(found(await doctor(), 'updates')).toMatchObject({ status: 'warn' });
  });

  it('says how far it came where SSH does not get in', async () => {
    const foreign = sshKey.split(' ').slice(0, 2).join(' ');
    const ways = {
      address: sshTo('nowhere.invalid'),
      tcp: sshTo('127.0.0.1', { port: 1 }),
      'host-key': sshTo(server.address, { hostKey: foreign }),
      auth: sshTo(server.address, { user: 'nobody' }),
    };
    const parts = Object.keys(ways);
    for (const [part, host] of Object.entries(ways)) {
      const report = await examine({ machine: 'm', host, now: Date.now(), signal });
      const status = Object.fromEntries(report.checks.map((check) => [check.id, check.status]));
      expect(report.status).toBe('fail');
      for (const [index, each] of parts.entries()) {
        const at = parts.indexOf(part);
        expect(status[each], `${each} of ${part}`).toBe(
          index < at ? 'ok' : index === at ? 'fail' : 'skip',
        );
      }
      expect(status['engine']).toBe('skip');
      host.close();
    }
  });
});

describe('an upgrade', () => {
  const upgrade = async (version?: string): Promise<UpgradeReport> => {
    const host = sshTo(server.address);
    try {
      return await upgradeOn(host, version === undefined ? {} : { version });
    } finally {
      host.close();
    }
  };

  it('goes to a version that was asked for, from there to the newest, and then nowhere', async () => {
    const installed = "dpkg-query -W -f '${Version}' docker.io";
    const newest = await server.shell(installed);
    await server.shell(olderPackages);
    expect(await upgrade('26.1.4')).toEqual({
      from: '26.1.5',
      to: '26.1.4',
      changed: true,
      notes: [],
    });
    expect(await server.shell(installed)).toBe('26.1.4+test');
    expect(await upgrade()).toMatchObject({ from: '26.1.4', to: '26.1.5', changed: true });
    expect(await server.shell(installed)).toBe(newest);
    const start = 'systemctl show docker -p ExecMainStartTimestampMonotonic --value';
    const before = await server.shell(start);
    expect(await upgrade()).toMatchObject({ changed: false });
    expect(await upgrade('26.1')).toMatchObject({ changed: false });
    expect(await server.shell(start)).toBe(before);
  });

  it('is refused for a version that is not on offer, naming those that are', async () => {
    await expect(upgrade('99.1')).rejects.toMatchObject({
      kind: 'provision',
      message: 'the host is offered no docker.io of version 99.1',
      hint: expect.stringMatching(/^there are: 26\./),
    });
  });
});

/** A package source with the same packages under an older version, as archives keep them. */
const olderPackages = `
mkdir -p /srv/old && cd /srv/old && apt-get update -q && apt-get download -q docker.io docker-cli
for file in *.deb; do
  dpkg-deb -R "$file" tree && sed -i 's/^Version: .*/Version: 26.1.4+test/' tree/DEBIAN/control
  dpkg-deb -Zgzip -z1 -b tree "old-$file" && rm -rf tree "$file"
done
for file in *.deb; do
  dpkg-deb -f "$file"; echo "Filename: ./$file"; echo "Size: $(stat -c %s "$file")"
  echo "SHA256: $(sha256sum "$file" | cut -d' ' -f1)"; echo
done >Packages
echo 'deb [trusted=yes] file:/srv/old ./' >/etc/apt/sources.list.d/old.list
`;
