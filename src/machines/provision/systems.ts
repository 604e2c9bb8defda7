import { fail, ok, type Result } from '../../foundation/result.ts';
import type { HostFacts, OsRelease } from './facts.ts';
import type { Refusal } from './step.ts';

/** Where a system's packages of the Docker Engine come from. */
export interface Packaging {
  readonly source: 'distribution' | 'docker';
  readonly tool: 'apt' | 'dnf' | 'yum' | 'amazon-linux-extras';
  /** The engine's package, whose version is pinned; then what belongs to it. */
  readonly engine: string;
  readonly others: readonly string[];
}

/** A system that an engine can be installed on. */
export interface System {
  /** `debian 12` */
  readonly title: string;
  readonly distribution?: Packaging;
  readonly docker?: Packaging & {
    /** Folder of download.docker.com/linux. */
    readonly folder: string;
  };
}

const SUPPORTED =
  'Debian 11 and newer, Ubuntu 22.04 and newer, Fedora, RHEL, Rocky Linux, AlmaLinux, CentOS Stream and Oracle Linux 8 and newer, Amazon Linux 2 and 2023';

const DOCKER_PACKAGES = ['docker-ce-cli', 'containerd.io', 'docker-buildx-plugin'];

/** `debian 12`, for reports. */
export function systemTitle(os: OsRelease): string {
  return [os.id || 'unknown', os.version].filter((part) => part !== '').join(' ');
}

/** How engines get onto a system; refused, with what is supported, where nobody knows. */
export function findSystem(facts: Pick<HostFacts, 'os' | 'init'>): Result<System, Refusal> {
  const { os } = facts;
  if (facts.init !== 'systemd') {
    return refuse(`the host is not run by systemd but by "${facts.init}"`);
  }
  const title = systemTitle(os);
  const major = Number.parseFloat(os.version);
  switch (os.id) {
    case 'debian':
    case 'raspbian':
      if (major < 11) return tooOld(os, 'Debian 11');
      return ok(debian(title, os));
    case 'ubuntu':
      if (major < 22.04) return tooOld(os, 'Ubuntu 22.04');
      return ok({ title, distribution: apt('docker.io', []), docker: dockerApt('ubuntu') });
    case 'fedora':
      return ok({
        title,
        distribution: {
          source: 'distribution',
          tool: 'dnf',
          engine: 'moby-engine',
          others: ['docker-cli'],
        },
        docker: dockerDnf('fedora'),
      });
    case 'rhel':
    case 'rocky':
    case 'almalinux':
    case 'centos':
    case 'ol':
      if (major < 8) return tooOld(os, 'release 8');
      return ok({ title, docker: dockerDnf(os.id === 'rhel' ? 'rhel' : 'centos') });
    case 'amzn':
      if (os.version !== '2' && major < 2023) return tooOld(os, 'Amazon Linux 2');
      return ok({ title, distribution: amazon(os.version) });
    default:
      return refuse(
        `tcompose cannot install a Docker Engine on ${os.title || 'an unknown system'}`,
      );
  }
}

function refuse(message: string): Result<never, Refusal> {
  return fail({
    message,
    hint: `supported: ${SUPPORTED}. On other systems install Docker by hand; tcompose takes an engine that is there as it is.`,
  });
}

function tooOld(os: OsRelease, oldest: string): Result<never, Refusal> {
  return refuse(`${os.title} is too old; ${oldest} is the oldest that is supported`);
}

function debian(title: string, os: OsRelease): System {
  // From trixie on the command is a package of its own; testing and sid have no number.
  const separate = os.version === '' || Number.parseFloat(os.version) >= 13;
  return {
    title,
    distribution: apt('docker.io', separate ? ['docker-cli'] : []),
    ...(os.version === '' ? {} : { docker: dockerApt(os.id) }),
  };
}

function apt(engine: string, others: readonly string[]): Packaging {
  return { source: 'distribution', tool: 'apt', engine, others };
}

function dockerApt(folder: string): System['docker'] & {} {
  return { source: 'docker', tool: 'apt', engine: 'docker-ce', others: DOCKER_PACKAGES, folder };
}

function dockerDnf(folder: string): System['docker'] & {} {
  return { source: 'docker', tool: 'dnf', engine: 'docker-ce', others: DOCKER_PACKAGES, folder };
}

function amazon(version: string): Packaging {
  const tool = version === '2' ? 'amazon-linux-extras' : 'dnf';
  return { source: 'distribution', tool, engine: 'docker', others: [] };
}

/** The packaging that an engine which is there came from; undefined: from elsewhere. */
export function installedPackaging(
  system: System,
  owner: string | undefined,
): Packaging | undefined {
  return [system.docker, system.distribution].find((packaging) => packaging?.engine === owner);
}

/**
 * The packaging to install from: the one that was asked for, or for `auto` the one that is there in parts, else
 * Docker's own repository where the host reaches it and the distribution's package elsewhere.
 */
export function choosePackaging(
  system: System,
  source: 'auto' | 'distribution' | 'docker',
  facts: Pick<HostFacts, 'dockerReached' | 'dockerSource' | 'packages'>,
): Result<Packaging | (Packaging & { readonly folder: string }), Refusal> {
  const { distribution, docker } = system;
  if (source === 'distribution') {
    if (distribution !== undefined) return ok(distribution);
    return fail({
      message: `${system.title} has no package of the Docker Engine`,
      hint: "Docker's own repository has one: --engine-source docker",
    });
  }
  if (source === 'docker') {
    if (docker !== undefined) return ok(docker);
    return fail({
      message: `Docker's repository has no packages for ${system.title}`,
      hint: "the system's own package works: --engine-source distribution",
    });
  }
  const begun = begunPackaging(system, facts.packages);
  if (begun !== undefined) return ok(begun);
  const reached = facts.dockerReached || facts.dockerSource;
  const chosen =
    docker !== undefined && (reached || distribution === undefined) ? docker : distribution;
  if (chosen !== undefined) return ok(chosen);
  return refuse(`there are no packages of the Docker Engine for ${system.title}`);
}

/**
 * The packaging that parts of are on a host, from an installation that was interrupted or because something else
 * needs them: what belongs to the other one would push them out.
 */
function begunPackaging(
  { docker, distribution }: System,
  packages: HostFacts['packages'],
): Packaging | undefined {
  const there = (names: readonly string[]): boolean =>
    names.some((name) => packages[name] !== undefined);
  if (docker !== undefined && there([docker.engine, 'containerd.io'])) return docker;
  if (distribution !== undefined && there([distribution.engine, 'containerd', 'runc'])) {
    return distribution;
  }
  return undefined;
}
