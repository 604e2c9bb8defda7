import { DEFAULT_ENGINE } from '../../../../src/machines/lifecycle/create-request.ts';
import type { HostFacts } from '../../../../src/machines/provision/facts.ts';
import type { PlanInput } from '../../../../src/machines/provision/plan-input.ts';
import type { EngineOptions } from '../../../../src/machines/store/machine-record.ts';

/** A Debian 12 as clouds give it, without engine and lists. */
export const emptyDebian: HostFacts = {
  os: {
    id: 'debian',
    like: [],
    version: '12',
    codename: 'bookworm',
    title: 'Debian GNU/Linux 12 (bookworm)',
  },
  architecture: 'x86_64',
  hostname: 'debian',
  init: 'systemd',
  root: 'root',
  user: 'root',
  groups: ['root'],
  time: 1_795_688_028,
  packager: 'apt-get',
  engine: undefined,
  rootless: undefined,
  socketActive: false,
  unit: undefined,
  dropIns: {},
  engineEnv: undefined,
  needsReload: false,
  daemonJson: undefined,
  record: undefined,
  tls: {},
  packages: { 'ca-certificates': { version: '20230311', complete: true } },
  interrupted: false,
  versions: {},
  listsAge: undefined,
  dockerSource: false,
  dockerReached: false,
  cloudInit: 'none',
  cloudInitErrors: [],
  apparmor: false,
  disks: [],
  memoryBytes: 2 ** 31,
  swapBytes: 0,
};

/** The same with an engine of the distribution's that somebody else installed. */
export const debianWithEngine: HostFacts = {
  ...emptyDebian,
  engine: {
    path: '/usr/sbin/dockerd',
    version: '20.10.24',
    owner: 'docker.io',
    running: true,
    enabled: true,
    info: {
      serverVersion: '20.10.24',
      dataRoot: '/var/lib/docker',
      storageDriver: 'overlay2',
      containersRunning: 3,
      liveRestore: false,
      swarm: false,
    },
  },
  socketActive: true,
  unit: '[Service]\nExecStart=/usr/sbin/dockerd -H fd:// --containerd=/run/containerd/containerd.sock $DOCKER_OPTS\n',
  packages: {
    ...emptyDebian.packages,
    'docker.io': { version: '20.10.24+dfsg1-1+deb12u1', complete: true },
  },
  listsAge: 60,
};

/** What a plan is made of, with parts of the host or of the wishes replaced. */
export function planInput(
  facts: Partial<HostFacts> = {},
  engine: Partial<EngineOptions> = {},
  rest: Partial<Omit<PlanInput, 'facts' | 'engine'>> = {},
): PlanInput {
  return {
    facts: { ...emptyDebian, ...facts },
    engine: { ...DEFAULT_ENGINE, ...engine },
    provider: 'generic',
    configure: true,
    now: '20261126T100500Z',
    ...rest,
  };
}
