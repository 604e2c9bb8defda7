import { describe, expect, it } from 'vitest';
import { HOST_CHECKS, publicPorts } from '../../../../src/machines/provision/doctor-checks.ts';
import { envFile, TLS_DROP_IN, tlsDropIn } from '../../../../src/machines/provision/engine-unit.ts';
import { parseFacts } from '../../../../src/machines/provision/facts.ts';
import { findReason, isLocked, isStale } from '../../../../src/machines/provision/failure.ts';
import { progressLine } from '../../../../src/machines/provision/progress-line.ts';
import {
  compareVersions,
  pickVersion,
  upstreamVersion,
  versionMatches,
} from '../../../../src/machines/provision/versions.ts';
import { debianWithEngine } from './fixtures.ts';

describe('what goes wrong on hosts', () => {
  it.each([
    ['dpkg: error: cannot copy: No space left on device', 'the disk of the host is full'],
    [
      'E: Could not get lock /var/lib/dpkg/lock-frontend. It is held by process 812 (unattended-upgr)',
      'process 812 (unattended-upgr) holds /var/lib/dpkg/lock-frontend',
    ],
    [
      'dpkg: error: dpkg frontend lock was locked by another process with pid 370',
      'process 370 holds the lock of dpkg',
    ],
    [
      'The following packages will be REMOVED:\n  containerd runc\n  podman\nThe following NEW packages will be installed:\n  containerd.io\nE: Packages need to be removed but remove is disabled.',
      'it would remove containerd, runc, podman, which tcompose does not do',
    ],
    [
      'E: Held packages were changed and -y was used without --allow-change-held-packages.',
      "the engine's packages are held at their version on the host",
    ],
    ["Temporary failure resolving 'deb.debian.org'", 'the host cannot resolve deb.debian.org'],
    ['curl: (6) Could not resolve host: get.docker.com', 'the host cannot resolve get.docker.com'],
    ['E: Unable to locate package docker-ce', "the host's package sources have no docker-ce"],
    ['No match for argument: moby-engine', "the host's package sources have no moby-engine"],
    [
      'E: Release file for http://x/InRelease is not valid yet (invalid for another 3h)',
      'the clock of the host is behind',
    ],
    [
      "unable to configure the Docker daemon with file /etc/docker/daemon.json: the following directives don't match any configuration option: zzz",
      "dockerd does not take its configuration: the following directives don't match any configuration option: zzz",
    ],
    [
      'failed to start daemon: error initializing graphdriver: driver not supported: btrfs',
      'dockerd does not start: error initializing graphdriver: driver not supported: btrfs',
    ],
  ])('%s', (text, summary) => {
    expect(findReason(`before\n${text}\nafter`)?.summary).toBe(summary);
  });

  it('is not guessed where nothing is known', () => {
    expect(findReason('E: something else')).toBe(undefined);
    expect(isLocked('E: something else')).toBe(false);
    expect(isStale('  404  Not Found [IP: 1.2.3.4 80]')).toBe(true);
  });
});

describe('progress of package managers', () => {
  it.each([
    ['Setting up docker.io (20.10.24+dfsg1-1+b3) ...', 'Setting up docker.io'],
    ['Unpacking containerd (1.6.20~ds1-1+b1) ...', 'Unpacking containerd'],
    [
      'Get:4 http://deb.debian.org/debian bookworm/main amd64 docker.io amd64 20.10.24 [36.2 MB]',
      'Fetching docker.io',
    ],
    [
      'Get:1 http://deb.debian.org/debian bookworm InRelease [151 kB]',
      'Fetching bookworm InRelease',
    ],
    ['Preparing to unpack .../2-tini_0.19.0-1_amd64.deb ...', 'Preparing 2-tini'],
    [
      '  Installing       : docker-ce-3:28.5.1-1.el9.x86_64           3/4',
      'Installing : docker-ce-3:28.5.1-1.el9.x86_64',
    ],
    [
      'W: Failed to fetch http://deb.debian.org/x/InRelease  Could not resolve deb.debian.org',
      'Failed to fetch http://deb.debian.org/x/InRelease Could not resolve deb.debian.org',
    ],
    ['cloud-init: modules-final', 'cloud-init: modules-final'],
    ['Reading package lists...', undefined],
  ])('%s', (line, told) => {
    expect(progressLine(line)).toBe(told);
  });
});

describe('versions', () => {
  it.each([
    ['5:28.5.1-1~debian.12~bookworm', '28.5.1'],
    ['20.10.24+dfsg1-1+deb12u1', '20.10.24'],
    ['3:28.5.1-1.el9', '28.5.1'],
  ])('%s is of %s', (version, upstream) => {
    expect(upstreamVersion(version)).toBe(upstream);
    expect(versionMatches(version, version)).toBe(true);
    expect(versionMatches(version, upstream)).toBe(true);
    expect(versionMatches(version, upstream.split('.').slice(0, 2).join('.'))).toBe(true);
    expect(versionMatches(version, upstream.slice(0, -1))).toBe(upstream.endsWith('.'));
  });

  it('are picked by their first numbers, the newest first, or refused with what there is', () => {
    const offered = ['5:28.5.2-1~x', '5:28.5.1-1~x', '5:27.0.0-1~x'];
    expect(pickVersion('docker-ce', offered, '28.5')).toEqual({ ok: true, value: '5:28.5.2-1~x' });
    expect(pickVersion('docker-ce', offered, '27')).toEqual({ ok: true, value: '5:27.0.0-1~x' });
    expect(pickVersion('docker-ce', offered, '2')).toMatchObject({
      error: { hint: 'there are: 28.5.2, 28.5.1, 27.0.0' },
    });
    expect(compareVersions('20.10.24', '23.0')).toBeLessThan(0);
    expect(compareVersions('28.5', '28.5.0')).toBe(0);
  });
});

describe("the engine's unit", () => {
  it('repeats the command of the package for TLS, not what was put on top of it before', () => {
    const facts = {
      ...debianWithEngine,
      dropIns: { [TLS_DROP_IN]: '[Service]\nExecStart=\nExecStart=/old -H tcp://0.0.0.0:1\n' },
    };
    expect(tlsDropIn(facts, 2376)).toEqual({
      ok: true,
      value:
        '[Service]\nExecStart=\nExecStart=/usr/sbin/dockerd -H fd:// --containerd=/run/containerd/containerd.sock $DOCKER_OPTS -H tcp://0.0.0.0:2376 --tlsverify --tlscacert=/etc/docker/tls/ca.pem --tlscert=/etc/docker/tls/server.pem --tlskey=/etc/docker/tls/server-key.pem\n',
    });
  });

  it('is refused where somebody opened the engine already', () => {
    const file = '/etc/systemd/system/docker.service.d/10-machine.conf';
    const text =
      '[Service]\nExecStart=\nExecStart=/usr/bin/dockerd -H tcp://0.0.0.0:2376 \\\n --tlsverify\n';
    expect(tlsDropIn({ ...debianWithEngine, dropIns: { [file]: text } }, 2376)).toMatchObject({
      error: expect.stringContaining('-H tcp://0.0.0.0:2376'),
    });
  });

  it('gets variables as systemd reads them', () => {
    expect(envFile(['A=50% "x" \\ $1 `', 'B='])).toEqual({
      ok: true,
      value: 'A="50% \\"x\\" \\\\ \\$1 \\`"\nB=""\n',
    });
    expect(envFile(['1A=secret'])).toMatchObject({
      error: expect.not.stringContaining('secret'),
    });
  });
});

describe('facts', () => {
  it('of a host that tells nothing are none', () => {
    expect(parseFacts('')).toMatchObject({ engine: undefined, root: 'no-sudo', cloudInit: 'none' });
  });

  it('are not taken in by what files contain', () => {
    const facts = parseFacts(
      'root:\n sudo\n\ndaemon.json:\n {\n root:\n user:\n }\n\nuser:\n ada\n',
    );
    expect(facts).toMatchObject({ root: 'sudo', user: 'ada', daemonJson: '{\nroot:\nuser:\n}' });
  });

  it.each([
    ['cloud-init-state:\n {"v1": {}}\n', 'running', []],
    ['cloud-init-state:\n {}\ncloud-init-result:\n {"v1": {"errors": []}}\n', 'done', []],
    ['cloud-init-state:\n {}\ncloud-init-result:\n {"v1": {"errors": ["x"]}}\n', 'error', ['x']],
    [
      'cloud-init-state:\n {"v1": {}}\ncloud-init-units:\n cloud-init active\n cloud-final activating\n',
      'running',
      [],
    ],
    [
      'cloud-init-state:\n {"v1": {}}\ncloud-init-units:\n cloud-init active\n cloud-final failed\n',
      'error',
      ['cloud-final failed'],
    ],
    [
      'cloud-init-state:\n {"v1": {}}\ncloud-init-units:\n cloud-init active\n cloud-final active\n',
      'error',
      ['it ended without a result'],
    ],
    ['cloud-init-state:\n {}\ncloud-init-off:\n yes\n', 'none', []],
  ])('%j: cloud-init is %s', (output, cloudInit, cloudInitErrors) => {
    expect(parseFacts(output)).toMatchObject({ cloudInit, cloudInitErrors });
  });

  it('tell of packages that are half there', () => {
    const { packages } = parseFacts('packages:\n ii  a 1\n iU  b 2\n rc  c 3\n iF  d 4\n un  e \n');
    expect(packages).toEqual({
      a: { version: '1', complete: true },
      b: { version: '2', complete: false },
      d: { version: '4', complete: false },
    });
  });
});

describe('memory', () => {
  it.each([
    [2, 0, 'ok'],
    [0.5, 0, 'warn'],
    [0.5, 1, 'ok'],
  ])('of %d GiB with %d GiB swap is %s', (memory, swap, status) => {
    const bytes = { memoryBytes: memory * 2 ** 30, swapBytes: swap * 2 ** 30 };
    const found = HOST_CHECKS.find(({ id }) => id === 'memory')?.check({
      machine: 'm',
      facts: { ...debianWithEngine, ...bytes },
      sections: new Map(),
      now: 0,
      api: { version: '1.45' },
      tlsPort: undefined,
    });
    expect(found?.status).toBe(status);
  });
});

describe('ports that listen', () => {
  it.each([
    ['0.0.0.0:2375\n127.0.0.1:2376\n[::1]:80\n[::]:22\n*:443', [2375, 22, 443]],
    ['127.0.0.53%lo:53\n[::ffff:127.0.0.1]:9000', []],
    ['hex 0100007F:0947\nhex 00000000:0947', [2375]],
    ['hex 3500007F:0947\nhex FE01A8C0:0947', [2375]],
    ['hex 3500007F:0947', []],
    ['hex 00000000000000000000000001000000:0947', []],
    ['hex 0000000000000000FFFF00000100007F:0947', []],
    ['hex 00000000000000000000000000000000:0948', [2376]],
  ])('%j', (text, ports) => {
    expect(publicPorts(text)).toEqual(new Set(ports));
  });
});
