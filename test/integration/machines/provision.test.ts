import { request as httpsRequest } from 'node:https';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import type { MachineEvent } from '../../../src/machines/machine-event.ts';
import { machineCertificates } from '../../../src/machines/provision/certificates.ts';
import type { SshHost } from '../../../src/machines/ssh/ssh-host.ts';
import { startHosts, type TestHost, type TestHosts } from '../../support/hosts.ts';
import { provision } from '../../support/provision-bench.ts';
import { sshKey, sshTo } from '../../support/ssh-hosts.ts';

let hosts: TestHosts;

beforeAll(async () => {
  hosts = await startHosts();
});

afterAll(async () => {
  await hosts.close();
});

function reach(host: TestHost, user = 'root'): SshHost {
  return sshTo(host.address, { user });
}

/** What the engine itself says of its start: another one after each restart. */
function startOf(host: TestHost): Promise<string> {
  return host.shell('systemctl show docker -p ExecMainStartTimestampMonotonic --value');
}

interface Info {
  readonly ServerVersion: string;
  readonly Labels: readonly string[];
  readonly LiveRestoreEnabled: boolean;
}

async function infoOf(host: TestHost): Promise<Info> {
  return JSON.parse(await host.shell("docker info --format '{{json .}}'")) as Info;
}

describe('a Debian 12 host without engine', () => {
  let server: TestHost;
  let host: SshHost;

  beforeAll(async () => {
    server = await hosts.start({ image: 'bookworm', authorizedKeys: [sshKey] });
    host = reach(server);
  });

  afterAll(async () => {
    host.close();
    await server.remove();
  });

  const wishes = {
    labels: ['tier=web'],
    options: ['log-opt=max-size=10m', 'userland-proxy=false'],
    env: ['GREETING=50% "good" \\ $day `x`'],
    insecureRegistries: ['reg.local:5000'],
  };

  it('gets one that is configured as asked for, with progress', async () => {
    const events: MachineEvent[] = [];
    const report = await provision(host, wishes, {
      hostname: 'web-1',
      onEvent: (event) => events.push(event),
    });
    expect(report).toMatchObject({ system: 'debian 12', engineVersion: '20.10.24', left: [] });
    expect(report.changes).toEqual([
      'name the host web-1',
      'write /etc/docker/daemon.json',
      'set the environment of the engine',
      'refresh package lists',
      'install docker.io',
      'start the engine',
    ]);
    const details = events.filter(({ type }) => type === 'detail').map(({ text }) => text);
    expect(details).toContain('Unpacking docker.io');
    expect(details).toContain('Setting up docker.io');
    const info = await infoOf(server);
    expect(info.Labels.toSorted()).toEqual(['provider=generic', 'tier=web']);
    expect(info.LiveRestoreEnabled).toBe(true);
    expect(await server.shell('hostname')).toBe('web-1\n');
    const environment = "tr '\\0' '\\n' </proc/$(pidof dockerd)/environ | grep GREETING";
    expect(await server.shell(environment)).toBe('GREETING=50% "good" \\ $day `x`\n');
    // What anybody on the host may ask.
    expect(await server.shell('systemctl show docker')).not.toContain('GREETING');
    expect(await server.shell('stat -c %a /etc/docker/tcompose.env')).toBe('600\n');
  });

  it('changes nothing when it is asked for the same again', async () => {
    const before = await startOf(server);
    const report = await provision(host, wishes, { hostname: 'web-1' });
    expect(report.changes).toEqual([]);
    expect(await startOf(server)).toBe(before);
  });

  it('has its labels changed without a restart, and what others wrote stays', async () => {
    const file = '/etc/docker/daemon.json';
    await server.shell(`sed -i 's/^{/{ "shutdown-timeout": 7,/' ${file}`);
    const before = await startOf(server);
    await provision(host, { ...wishes, labels: ['tier=db'] }, { hostname: 'web-1' });
    expect(await startOf(server)).toBe(before);
    const written = JSON.parse(await server.shell(`cat ${file}`)) as Record<string, unknown>;
    expect(written).toEqual({
      'shutdown-timeout': 7,
      'live-restore': true,
      labels: ['provider=generic', 'tier=db'],
      'insecure-registries': ['reg.local:5000'],
      'log-opts': { 'max-size': '10m' },
      'userland-proxy': false,
    });
    await expect.poll(async () => (await infoOf(server)).Labels).toContain('tier=db');
    expect(await server.shell('ls /etc/docker')).toContain('daemon.json.before-');
  });

  it('is as before when the engine does not start with what was asked for, and says why', async () => {
    const before = await server.shell('cat /etc/docker/daemon.json');
    const attempt = provision(host, { ...wishes, options: ['log-level=loud'] });
    await expect(attempt).rejects.toMatchObject({
      kind: 'provision',
      step: 'restart the engine',
      message: expect.stringMatching(
        /could not restart the engine: dockerd does not start: unable to parse logging level: loud[^]*What was there before is back/,
      ),
    });
    expect(await server.shell('cat /etc/docker/daemon.json')).toBe(before);
    expect(await server.shell('systemctl is-active docker')).toBe('active\n');
    const again = await provision(host, { ...wishes, labels: ['tier=db'] });
    expect(again.changes).toEqual([]);
  });

  it('listens with TLS when asked to, and lets only those in who have a certificate', async () => {
    const files = new Map<string, string>();
    const folder = {
      readFile: (name: string) => Promise.resolve(files.get(name)),
      writeFile: (name: string, text: string) => Promise.resolve(void files.set(name, text)),
    };
    const names = [server.address];
    const made = await machineCertificates(folder, { machine: 'm', names, now: Date.now() });
    const engine = { ...wishes, labels: ['tier=db'], tlsPort: 2376 };
    const report = await provision(host, engine, { tls: made.server });
    expect(report.changes).toContain('expose the engine on port 2376 with TLS');
    const [ca = '', cert = '', key = ''] = ['ca.pem', 'cert.pem', 'key.pem'].map((name) =>
      files.get(name),
    );
    expect(await ask(server.address, { ca, cert, key })).toMatchObject({ status: 200 });
    expect(await ask(server.address, { ca })).toMatchObject({
      fault: expect.stringMatching(/certificate.required|bad.certificate/i),
    });
    expect(await server.shell('stat -c %a /etc/docker/tls/server-key.pem')).toBe('600\n');
    expect((await infoOf(server)).ServerVersion).toContain('20.10.24');
    expect((await provision(host, engine, { tls: made.server })).changes).toEqual([]);
    const renewed = await machineCertificates(folder, {
      machine: 'm',
      names,
      now: Date.now(),
      renew: 'server',
    });
    expect((await provision(host, engine, { tls: renewed.server })).changes).toEqual([
      'write certificates to /etc/docker/tls',
      'restart the engine',
    ]);
    expect(await ask(server.address, { ca, cert, key })).toMatchObject({ status: 200 });
    await provision(host, { ...wishes, labels: ['tier=db'] });
    expect(await ask(server.address, { ca, cert, key })).toMatchObject({
      fault: expect.stringContaining('ECONNREFUSED'),
    });
  });
});

describe('an engine that was there before', () => {
  let server: TestHost;

  beforeAll(async () => {
    server = await hosts.start({
      image: 'bookworm-docker',
      authorizedKeys: [sshKey],
      users: [{ name: 'eve', authorizedKeys: [sshKey] }],
      files: { '/etc/docker/daemon.json': '{"labels": ["own=1"]}\n' },
    });
    await (await server.dockerApi()).alive();
  });

  afterAll(async () => {
    await server.remove();
  });

  it('is left as it is, to the last byte, and what differs is told', async () => {
    const host = reach(server);
    const state = 'find /etc -type f | sort | xargs sha256sum; dpkg -l; hostname';
    const [files, start] = [await server.shell(state), await startOf(server)];
    const report = await provision(
      host,
      { labels: ['tier=web'] },
      { configure: false, hostname: 'x' },
    );
    expect(report.changes).toEqual([]);
    expect(report.left).toEqual([
      '/etc/docker/daemon.json: ~ labels: ["own=1"] → ["own=1","tier=web"]',
      `host name: ${server.name} stays, x was asked for`,
    ]);
    expect(await server.shell(state)).toBe(files);
    expect(await startOf(server)).toBe(start);
    host.close();
  });

  it('keeps what it had when it is configured', async () => {
    const host = reach(server);
    const report = await provision(host, { labels: ['tier=web'], options: ['log-level=warn'] });
    expect(report.changes).toEqual(['change /etc/docker/daemon.json', 'restart the engine']);
    expect((await infoOf(server)).Labels.toSorted()).toEqual([
      'own=1',
      'provider=generic',
      'tier=web',
    ]);
    host.close();
  });

  it('is not touched by a user who may not use sudo; the line that is missing is told', async () => {
    const host = reach(server, 'eve');
    await expect(provision(host, { labels: ['a=b'] })).rejects.toMatchObject({
      kind: 'provision',
      message: expect.stringMatching(/sudo/),
      hint: expect.stringContaining("echo 'eve ALL=(ALL) NOPASSWD:ALL' >/etc/sudoers.d/eve"),
    });
    host.close();
  });
});

describe('a Debian 13 host on which much goes wrong', () => {
  let server: TestHost;
  let host: SshHost;

  beforeAll(async () => {
    server = await hosts.start({
      image: 'trixie',
      authorizedKeys: [sshKey],
      users: [{ name: 'ada', sudo: 'nopasswd', authorizedKeys: [sshKey] }],
    });
    host = reach(server, 'ada');
  });

  afterAll(async () => {
    host.close();
    await server.remove();
  });

  /** A unit that holds a lock as automatic upgrades do. */
  async function holdLock(unit: string, file: string): Promise<void> {
    await server.shell(
      `systemd-run -q --unit=${unit} perl -MFcntl -e ' $0 = "unattended-upgrade"; ` +
        `open F, "+>>", "${file}"; $lock = pack("s s x4 l! l! i x4", F_WRLCK, 0, 0, 0, 0); fcntl(F, F_SETLK, $lock) or die; ` +
        `open G, ">", "/tmp/${unit}-held"; sleep 600'`,
    );
    await expect
      .poll(async () => (await server.exec(['test', '-e', `/tmp/${unit}-held`])).code, {
        timeout: 20_000,
      })
      .toBe(0);
  }

  it('says that its disk is full, when fetching packages and when unpacking them', async () => {
    const archives = '/var/cache/apt/archives';
    await server.shell(
      `mount -t tmpfs -o size=8m tmpfs ${archives} && mkdir -p ${archives}/partial`,
    );
    const full = {
      kind: 'provision',
      step: 'install docker.io, docker-cli',
      message: expect.stringContaining('the disk of the host is full'),
      hint: expect.stringContaining('df -h'),
    };
    await expect(provision(host)).rejects.toMatchObject(full);
    // Room for what is there, not for dockerd: dpkg has begun then.
    await server.shell(`umount ${archives} && cp -a /usr/sbin /srv/sbin &&
      mount -t tmpfs -o size=$(($(du -sk /srv/sbin | cut -f1) + 8000))k tmpfs /usr/sbin &&
      cp -a /srv/sbin/. /usr/sbin/`);
    await expect(provision(host)).rejects.toMatchObject(full);
    expect(await server.shell('dpkg -l docker.io | tail -n 1')).toMatch(/^i[^i]/);
    await server.shell(
      'cp -a /usr/sbin/. /srv/sbin/ && umount -l /usr/sbin && cp -a --remove-destination /srv/sbin/. /usr/sbin/ && rm -rf /srv/sbin',
    );
  });

  it('waits for those who hold the lock of lists, names them, and gives up in the end', async () => {
    await server.shell(`apt-get -qq update; rm -f /var/lib/apt/lists/*_Packages*`);
    await holdLock('lists', '/var/lib/apt/lists/lock');
    onTestFinished(async () => void (await server.exec(['systemctl', 'stop', 'lists'])));
    const told: string[] = [];
    const onEvent = ({ type, text }: MachineEvent): void => {
      if (type === 'detail') told.push(text);
    };
    const attempt = provision(host, {}, { onEvent, lockPatience: 1000 });
    await expect(attempt).rejects.toMatchObject({
      kind: 'provision',
      message: expect.stringMatching(
        /process \d+ \(unattended-upgr\) holds \/var\/lib\/apt\/lists\/lock[^]*Gave up waiting for the lock after \d+ seconds/,
      ),
      hint: expect.stringContaining('wait until it has ended'),
    });
    expect(told.join()).toMatch(/process \d+ \(unattended-upgr\) holds \S+; waiting/);
  });

  it('is finished after the connection was cut in the middle of apt, while others hold its lock', async () => {
    let cut: Promise<unknown> | undefined;
    const onEvent = (event: MachineEvent): void => {
      if (event.type !== 'detail' || event.text !== 'Unpacking docker.io') return;
      cut ??= server.exec(['pkill', '-KILL', '-u', 'ada']);
    };
    await expect(provision(host, {}, { onEvent })).rejects.toMatchObject({
      kind: 'connection-lost',
      step: 'install docker.io, docker-cli',
      hint: expect.stringContaining('again'),
    });
    await cut;
    // Whatever apt was doing is killed as well, as if the host had lost its power.
    await server.exec(['sh', '-c', 'pkill -KILL apt-get; pkill -KILL dpkg; true']);
    await holdLock('holder', '/var/lib/dpkg/lock-frontend');
    let freed: Promise<unknown> | undefined;
    const report = await provision(
      host,
      {},
      {
        onEvent: (event) => {
          if (event.type === 'detail' && /lock/i.test(event.text)) {
            freed ??= server.shell('systemctl stop holder');
          }
        },
      },
    );
    expect(freed).toBeDefined();
    expect(report).toMatchObject({ engineVersion: '26.1.5', system: 'debian 13' });
    expect(report.notes?.join()).toContain('ada is in the group docker now');
    expect(await server.shell('dpkg --audit')).toBe('');
    expect((await provision(host)).changes).toEqual([]);
    expect((await infoOf(server)).Labels).toEqual(['provider=generic']);
    const engine = await host.forward(
      { socket: '/var/run/docker.sock' },
      new AbortController().signal,
    );
    engine.end('GET /_ping HTTP/1.0\r\n\r\n');
    let answer = '';
    for await (const part of engine) answer += String(part);
    expect(answer).toMatch(/^HTTP\/1.0 200 OK/);
  });

  it('shows what dockerd says of an option that it does not know, and changes nothing', async () => {
    const before = await server.shell('cat /etc/docker/daemon.json');
    await expect(provision(host, { options: ['zzz=1'] })).rejects.toMatchObject({
      kind: 'provision',
      message: expect.stringContaining(
        "the following directives don't match any configuration option: zzz",
      ),
    });
    expect(await server.shell('cat /etc/docker/daemon.json')).toBe(before);
    expect((await provision(host)).changes).toEqual([]);
  });
});

/** Asks an engine for its version over TLS. */
function ask(
  host: string,
  options: { readonly ca: string; readonly cert?: string; readonly key?: string },
): Promise<{ readonly status?: number | undefined; readonly fault?: string }> {
  return new Promise((resolve) => {
    const sent = httpsRequest({ host, port: 2376, path: '/version', ...options }, (response) => {
      response.resume();
      resolve({ status: response.statusCode });
    });
    sent.on('error', (error) => resolve({ fault: error.message }));
    sent.end();
  });
}
