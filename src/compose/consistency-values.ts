import type { Service } from './model.ts';
import { replicaCount } from './replicas.ts';
import type { ServiceCheck, ServiceFault } from './service-fault.ts';

/** Settings of a service that are missing, wrong by themselves, or exclude each other. */
export const valueChecks: readonly ServiceCheck[] = [
  imageOrBuild,
  dockerfiles,
  platforms,
  networkMode,
  healthcheck,
  replicas,
  limits,
  containerName,
  watchTargets,
  mountTargets,
];

const INVALID = 'invalid compose project';

function* imageOrBuild({ name, build, image = '', provider }: Service): Generator<ServiceFault> {
  if (build !== undefined || image !== '' || provider !== undefined) return;
  yield {
    code: 'no-image',
    message: `service ${JSON.stringify(name)} has neither an image nor a build context specified: ${INVALID}`,
    path: [],
    hint: 'say which image to run (`image:`) or where to build it from (`build:`)',
  };
}

function* dockerfiles({ name, build }: Service): Generator<ServiceFault> {
  if ((build?.dockerfile ?? '') === '' || (build?.dockerfile_inline ?? '') === '') return;
  yield {
    code: 'two-dockerfiles',
    message: `service ${JSON.stringify(name)} declares mutualy exclusive dockerfile and dockerfile_inline: ${INVALID}`,
    path: ['build', 'dockerfile_inline'],
  };
}

function* platforms({ build, platform = '' }: Service): Generator<ServiceFault> {
  const built = build?.platforms ?? [];
  if (platform === '' || built.length === 0 || built.includes(platform)) return;
  yield {
    code: 'platform-not-built',
    message: `service.build.platforms MUST include service.platform ${JSON.stringify(platform)}: ${INVALID}`,
    path: ['platform'],
  };
}

function* networkMode({
  name,
  network_mode = '',
  networks = {},
}: Service): Generator<ServiceFault> {
  if (network_mode === '' || Object.keys(networks).length === 0) return;
  yield {
    code: 'network-mode-and-networks',
    message: `service ${name} declares mutually exclusive \`network_mode\` and \`networks\`: ${INVALID}`,
    path: ['network_mode'],
  };
}

function* healthcheck({ healthcheck: check }: Service): Generator<ServiceFault> {
  const kind = check?.test?.[0];
  if (kind === undefined || ['CMD', 'CMD-SHELL', 'NONE'].includes(kind)) return;
  yield {
    code: 'healthcheck-test',
    message: 'healthcheck.test must start either by "CMD", "CMD-SHELL" or "NONE"',
    path: ['healthcheck', 'test'],
    hint: 'write a command of a shell as one string, without brackets',
  };
}

function* replicas({ name, scale, deploy }: Service): Generator<ServiceFault> {
  const replicated = deploy?.replicas;
  if (scale !== undefined && replicated !== undefined && scale !== replicated) {
    yield distinct(name, 'scale', 'deploy.replicas');
  }
  for (const [path, count] of [
    [['scale'], scale],
    [['deploy', 'replicas'], replicated],
  ] as const) {
    if (count === undefined || count >= 0) continue;
    const message = `services.${name}.${path.join('.')}: must be greater than or equal to 0`;
    yield { code: 'negative-scale', message, path };
  }
}

function distinct(service: string, short: string, long: string): ServiceFault {
  return {
    code: 'distinct-values',
    message: `services.${service}: can't set distinct values on '${short}' and '${long}': ${INVALID}`,
    path: [short],
    hint: `remove '${short}', or give both the same value`,
  };
}

/** A limit that is set outside of `deploy` must be the same inside, even if it is not set there. */
function* limits(service: Service): Generator<ServiceFault> {
  const { limits: most, reservations: least } = service.deploy?.resources ?? {};
  const pairs = [
    ['cpus', service.cpus, 'limits.cpus', most && (most.cpus ?? 0)],
    ['mem_limit', service.mem_limit, 'limits.memory', most && (most.memory ?? 0)],
    [
      'mem_reservation',
      service.mem_reservation,
      'reservations.memory',
      least && (least.memory ?? 0),
    ],
    ['pids_limit', service.pids_limit, 'limits.pids', most && (most.pids ?? 0)],
  ] as const;
  for (const [short, value = 0, long, deployed] of pairs) {
    if (value === 0 || deployed === undefined || Math.fround(value) === Math.fround(deployed)) {
      continue;
    }
    yield distinct(service.name, short, `deploy.resources.${long}`);
  }
}

function* containerName(service: Service): Generator<ServiceFault> {
  const { name, container_name = '', scale } = service;
  if (replicaCount(service) <= 1 || container_name === '') return;
  const setting = scale === undefined ? 'deploy.replicas' : 'scale';
  yield {
    code: 'container-name-and-scale',
    message: `services.${setting}: can't set container_name and ${name} as container name must be unique: ${INVALID}`,
    path: ['container_name'],
    hint: `remove container_name of ${JSON.stringify(name)}, or run it once`,
  };
}

function* watchTargets({ name, develop }: Service): Generator<ServiceFault> {
  for (const [index, { action, target = '' }] of (develop?.watch ?? []).entries()) {
    if (target !== '' || action === 'rebuild' || action === 'restart') continue;
    yield {
      code: 'watch-target',
      message: `services.${name}.develop.watch: target is required for non-rebuild actions: ${INVALID}`,
      path: ['develop', 'watch', index],
      hint: 'say in `target` where the changed files go in the container',
    };
  }
}

function* mountTargets({ name, tmpfs = [], volumes = [] }: Service): Generator<ServiceFault> {
  const taken = new Map<string, string>();
  const mounts = [
    ...tmpfs.map((spec, index) => ({ target: spec.split(':')[0] ?? '', path: ['tmpfs', index] })),
    ...volumes.map(({ target = '' }, index) => ({ target, path: ['volumes', index] })),
  ];
  for (const { target, path } of mounts) {
    const place = `services.${name}.${path[0]}[${path[1]}]`;
    const earlier = taken.get(target);
    if (earlier !== undefined) {
      const message = `${place}: target ${target} already mounted as ${earlier}`;
      yield { code: 'mounted-twice', message, path };
    }
    taken.set(target, place);
  }
}
