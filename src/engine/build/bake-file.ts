import { basename, dirname, isAbsolute, join } from 'node:path';
import type { Build, Project, StringMap } from '../../compose/model.ts';
import type { ImageBuild } from './build-plan.ts';
import { contextSource } from './context-source.ts';

/** A file for `docker buildx bake`, JSON form; keys are spelt as bake spells them. */
export interface BakeFile {
  readonly group: { readonly default: { readonly targets: readonly string[] } };
  readonly target: Readonly<Record<string, BakeTarget>>;
}

export type BakeTarget = Readonly<
  Record<string, string | boolean | readonly string[] | StringMap | undefined>
>;

export interface BakeOptions {
  readonly push: boolean;
  /** Only check build definitions. */
  readonly check: boolean;
  /** `--ssh`: id → path, empty for the agent. */
  readonly ssh?: StringMap;
  /** Services that are built by default; absent: all. The others are there to be referred to. */
  readonly group?: ReadonlySet<string>;
  /** Directory with symbolic links resolved; bake reads through none. */
  readonly realDirectory: (path: string) => string;
}

export interface Bake {
  readonly file: BakeFile;
  /** Service → target. */
  readonly targets: Readonly<Record<string, string>>;
  /** What bake must be allowed: `fs.read=/path`, `security.insecure`. */
  readonly allow: readonly string[];
  /** Variables that secrets are taken from. */
  readonly env: StringMap;
}

/**
 * Describes builds for bake. Values are escaped so that bake, which interpolates `${…}`, hands them
 * on as they are.
 */
export function bakeFile(
  project: Project,
  builds: readonly ImageBuild[],
  options: BakeOptions,
): Bake {
  const targets = targetNames(builds.map(({ service }) => service));
  const allow = new Set<string>();
  const env: Record<string, string> = {};
  const target: Record<string, BakeTarget> = {};
  for (const build of builds) {
    for (const path of localPaths(build.build)) allow.add(`fs.read=${path}`);
    const secrets = secretSources(project, build.build);
    Object.assign(env, secrets.env);
    const entitlements = [
      ...(build.build.entitlements ?? []),
      ...(build.build.privileged === true ? ['security.insecure'] : []),
    ];
    if (entitlements.includes('security.insecure')) allow.add('security.insecure');
    const name = targets[build.service] ?? build.service;
    target[name] = withoutEmpty(
      bakeTarget(build, { ...options, targets, entitlements, secrets: secrets.list }),
    );
  }
  return {
    file: {
      group: {
        default: {
          targets: Object.entries(targets).flatMap(([service, name]) =>
            options.group?.has(service) === false ? [] : [name],
          ),
        },
      },
      target: sorted(target),
    },
    targets,
    allow: [...allow],
    env,
  };
}

interface TargetFacts extends BakeOptions {
  readonly targets: Readonly<Record<string, string>>;
  readonly entitlements: readonly string[];
  readonly secrets: readonly string[];
}

function bakeTarget(build: ImageBuild, facts: TargetFacts): BakeTarget {
  const { build: keys } = build;
  const args = Object.entries(build.args).flatMap(([name, value]) =>
    value === null ? [] : [[name, escapeBake(value)] as const],
  );
  const contexts = Object.entries(keys.additional_contexts ?? {}).map(([name, value]) => {
    const source = contextSource(value);
    return [name, source.kind === 'service' ? `target:${facts.targets[source.service]}` : value];
  });
  return {
    context: keys.context,
    contexts: sorted(Object.fromEntries(contexts) as StringMap),
    dockerfile: dockerfilePath(keys, facts.realDirectory),
    'dockerfile-inline':
      keys.dockerfile_inline === undefined ? undefined : escapeBake(keys.dockerfile_inline),
    args: sorted(Object.fromEntries(args)),
    labels: sorted(build.labels),
    tags: build.tags,
    'cache-from': keys.cache_from,
    'cache-to': keys.cache_to,
    target: keys.target,
    secret: facts.secrets,
    ssh: Object.entries({ ...keys.ssh, ...facts.ssh }).map(([id, path]) => `${id}=${path}`),
    platforms: build.platforms,
    pull: build.pull,
    'no-cache': build.noCache,
    network: keys.network,
    'no-cache-filter': keys.no_cache_filter,
    'shm-size': keys.shm_size === undefined || keys.shm_size === 0 ? undefined : `${keys.shm_size}`,
    ulimits: Object.entries(keys.ulimits ?? {}).map(
      ([name, limit]) => `${name}=${limitText(limit)}`,
    ),
    call: facts.check ? 'lint' : undefined,
    entitlements: facts.entitlements,
    'extra-hosts': sorted(
      Object.fromEntries(
        Object.entries(keys.extra_hosts ?? {}).map(([host, list]) => [host, list.join(',')]),
      ),
    ),
    output: facts.check ? undefined : [output(build, facts.push && build.named)],
    attest: attestations(keys),
  };
}

/** A single limit of 0 is written as Compose does; -1, which Compose turns into 0, stays unlimited. */
function limitText({ single, soft, hard }: NonNullable<Build['ulimits']>[string]): string {
  return single === undefined || single === 0 ? `${soft ?? 0}:${hard ?? 0}` : `${single}`;
}

/** Where the result goes: images for several platforms cannot be loaded into every engine. */
function output(build: ImageBuild, push: boolean): string {
  if (build.platforms.length > 1) return `type=image,push=${push}`;
  return push ? 'type=registry' : 'type=docker';
}

function attestations({ provenance, sbom }: Build): string[] {
  return Object.entries({ provenance, sbom }).flatMap(([type, value]) => {
    if (value === undefined || value === '' || value === 'false') return [];
    return [value === 'true' ? `type=${type}` : `type=${type},${value}`];
  });
}

function secretSources(
  project: Project,
  build: Build,
): { readonly list: string[]; readonly env: Record<string, string> } {
  const list: string[] = [];
  const env: Record<string, string> = {};
  for (const { source = '', target } of build.secrets ?? []) {
    const definition = project.secrets[source];
    const id = target ?? source;
    const variable = definition?.environment;
    if (variable !== undefined && variable !== '') {
      env[variable] = project.environment[variable] ?? '';
      list.push(`id=${id},type=env,env=${variable}`);
    } else if (definition?.file !== undefined) {
      list.push(`id=${id},type=file,src=${definition.file}`);
    }
  }
  return { list, env };
}

function localPaths(build: Build): string[] {
  return [build.context ?? '.', ...Object.values(build.additional_contexts ?? {})].flatMap(
    (value) => {
      const source = contextSource(value);
      return source.kind === 'directory' ? [source.path] : [];
    },
  );
}

function dockerfilePath(
  { context = '.', dockerfile }: Build,
  realDirectory: BakeOptions['realDirectory'],
): string | undefined {
  if (dockerfile === undefined || dockerfile === '') return undefined;
  if (contextSource(context).kind !== 'directory') return dockerfile;
  const path = isAbsolute(dockerfile) ? join(dockerfile) : join(context, dockerfile);
  return join(realDirectory(dirname(path)), basename(path));
}

/** Targets may have no dots; names that become equal get an underscore more. */
function targetNames(services: readonly string[]): Record<string, string> {
  const taken = new Set<string>();
  return Object.fromEntries(
    services.toSorted().map((service) => {
      let name = service.replaceAll('.', '_');
      while (taken.has(name)) name += '_';
      taken.add(name);
      return [service, name];
    }),
  );
}

function escapeBake(text: string): string {
  return text.split('${').join('$${');
}

function sorted<T>(record: Readonly<Record<string, T>>): Record<string, T> {
  return Object.fromEntries(Object.entries(record).sort(([a], [b]) => (a < b ? -1 : 1)));
}

function withoutEmpty(target: BakeTarget): BakeTarget {
  return Object.fromEntries(
    Object.entries(target).filter(
      ([, value]) =>
        value !== undefined &&
        value !== '' &&
        value !== false &&
        (typeof value !== 'object' || Object.keys(value).length > 0),
    ),
  );
}
