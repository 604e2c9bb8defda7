import type { Build, NullableStringMap, Project, Service, StringMap } from '../../compose/model.ts';
import { fail, ok, type Result } from '../../foundation/result.ts';
import { LABEL } from '../labels.ts';
import { contextSource } from './context-source.ts';

export interface BuildPlanOptions {
  /** Empty: all services that can be built. */
  readonly services: readonly string[];
  /** `--with-dependencies`: also what they depend on. */
  readonly dependencies?: boolean;
  /** `--build-arg`; null: from the project's environment. */
  readonly args?: NullableStringMap;
  /** Proxy variables of the client configuration; weakest of all arguments. */
  readonly proxies?: StringMap;
  readonly pull?: boolean;
  readonly noCache?: boolean;
  /** Also builds whose image another one makes in the same way. */
  readonly keepTwins?: boolean;
  /** For `up` and `run`: images that this engine runs, for one platform. */
  readonly singlePlatform: boolean;
  /** Between project and service in image names; `_` with --compatibility. */
  readonly separator: string;
  /** Value of the version label. */
  readonly version: string;
}

/** One image to build, with everything decided. */
export interface ImageBuild {
  readonly service: string;
  /** Name that the service runs. */
  readonly image: string;
  /** All names, `image` last. */
  readonly tags: readonly string[];
  readonly build: Build;
  readonly args: NullableStringMap;
  readonly labels: StringMap;
  readonly platforms: readonly string[];
  readonly pull: boolean;
  readonly noCache: boolean;
  /** Services whose images it is built from. */
  readonly needs: readonly string[];
  /**
   * Services whose images the classic builder makes before it: besides those that it needs, all that
   * the service depends on, because nothing else tells it what `FROM` waits for.
   */
  readonly after: readonly string[];
  /** The service has an image name of its own, so that it can be pushed. */
  readonly named: boolean;
}

export interface BuildPlan {
  /** What is built, by name of the service, in an order in which needed images come first. */
  readonly builds: readonly ImageBuild[];
  /** Services whose image another one builds in the same way → that service. */
  readonly shared: Readonly<Record<string, string>>;
}

/** Decides which images are built and from what. Fails with a sentence for what cannot be built. */
export function planBuilds(project: Project, options: BuildPlanOptions): Result<BuildPlan, string> {
  const known = { ...project.disabledServices, ...project.services };
  const selected = new Set(
    options.services.length > 0 ? options.services : Object.keys(project.services),
  );
  for (const name of selected) {
    const service = known[name];
    if (service === undefined) return fail(`no such service: ${name}`);
    for (const needed of neededServices(service.build)) selected.add(needed);
    if (options.dependencies === true) {
      for (const next of Object.keys(service.depends_on ?? {})) {
        if (Object.hasOwn(project.services, next)) selected.add(next);
      }
    }
  }
  const builds: ImageBuild[] = [];
  for (const name of [...selected].toSorted()) {
    const service = known[name];
    if (service?.build === undefined) continue;
    const platforms = choosePlatforms(project, service, options.singlePlatform);
    if (!platforms.ok) return platforms;
    builds.push(imageBuild(project, service, { ...options, platforms: platforms.value }));
  }
  const ordered = inOrder(builds);
  if (!ordered.ok) return ordered;
  return ok(
    options.keepTwins === true
      ? { builds: ordered.value, shared: {} }
      : withoutTwins(ordered.value),
  );
}

function imageBuild(
  project: Project,
  service: Service,
  options: BuildPlanOptions & { readonly platforms: readonly string[] },
): ImageBuild {
  const build = service.build ?? {};
  const image = service.image ?? `${project.name}${options.separator}${service.name}`;
  const args = Object.entries({ ...build.args, ...options.args }).map(([name, value]) => [
    name,
    value ?? project.environment[name] ?? null,
  ]);
  return {
    service: service.name,
    image,
    tags: [...(build.tags ?? []), image],
    build,
    args: { ...options.proxies, ...Object.fromEntries(args) } as NullableStringMap,
    labels: {
      ...build.labels,
      [LABEL.project]: project.name,
      [LABEL.service]: service.name,
      [LABEL.version]: options.version,
    },
    platforms: options.platforms,
    pull: build.pull === true || options.pull === true,
    noCache: build.no_cache === true || options.noCache === true,
    needs: neededServices(build),
    after: precedingServices(project, service),
    named: service.image !== undefined,
  };
}

function neededServices(build: Build | undefined): string[] {
  return Object.values(build?.additional_contexts ?? {}).flatMap((value) => {
    const source = contextSource(value);
    return source.kind === 'service' ? [source.service] : [];
  });
}

/**
 * What the service's image is built from and what the service depends on, however far away; less
 * what is built from its image.
 */
function precedingServices(project: Project, { name }: Service): readonly string[] {
  const find = (service: string): Service | undefined =>
    project.services[service] ?? project.disabledServices[service];
  const needs = (service: string): readonly string[] => neededServices(find(service)?.build);
  const all = reach(name, (service) => [
    ...needs(service),
    ...Object.keys(find(service)?.depends_on ?? {}),
  ]);
  return [...all].filter((other) => !reach(other, needs).has(name));
}

/** `start` and whatever one gets to from there. */
function reach(start: string, next: (name: string) => readonly string[]): ReadonlySet<string> {
  const found = new Set([start]);
  for (const each of found) for (const other of next(each)) found.add(other);
  return found;
}

/** The platform that the service runs on, if it says so, else those of the build. */
function choosePlatforms(
  project: Project,
  service: Service,
  single: boolean,
): Result<readonly string[], string> {
  const listed = service.build?.platforms ?? [];
  const fallback = project.environment.DOCKER_DEFAULT_PLATFORM ?? '';
  const own = service.platform ?? '';
  const wanted = own === '' ? fallback : own;
  if (wanted === '') return ok(single && listed.length > 1 ? [] : listed);
  if (listed.length > 0 && !listed.includes(wanted)) {
    return fail(
      own === ''
        ? `service "${service.name}" build.platforms does not support value set by DOCKER_DEFAULT_PLATFORM: ${wanted}`
        : `service "${service.name}" build configuration does not support platform: ${wanted}`,
    );
  }
  return ok(single || listed.length === 0 ? [wanted] : listed);
}

/** Sorts so that needed images come first; fails on a circle. */
function inOrder(builds: readonly ImageBuild[]): Result<readonly ImageBuild[], string> {
  const byService = new Map(builds.map((build) => [build.service, build]));
  const ordered = new Set<ImageBuild>();
  const visit = (build: ImageBuild, trail: readonly string[]): string | undefined => {
    if (ordered.has(build)) return undefined;
    const next = [...trail, build.service];
    if (trail.includes(build.service)) {
      return `build.additional_contexts of services refer to each other: ${next.join(' -> ')}`;
    }
    for (const name of build.needs) {
      const needed = byService.get(name);
      if (needed === undefined) {
        return `service "${build.service}": additional context "service:${name}" needs a service that is built`;
      }
      const fault = visit(needed, next);
      if (fault !== undefined) return fault;
    }
    ordered.add(build);
    return undefined;
  };
  for (const build of builds) {
    const fault = visit(build, []);
    if (fault !== undefined) return fail(fault);
  }
  return ok([...ordered]);
}

/** Services that build one image name in the same way need one build. */
function withoutTwins(builds: readonly ImageBuild[]): BuildPlan {
  const first = new Map<string, string>();
  const shared: Record<string, string> = {};
  const needed = new Set(builds.flatMap(({ needs }) => needs));
  const unique = builds.filter((build) => {
    const key = JSON.stringify([build.image, build.build, build.args, build.platforms]);
    const twin = first.get(key);
    if (twin === undefined || needed.has(build.service)) {
      first.set(key, twin ?? build.service);
      return true;
    }
    shared[build.service] = twin;
    return false;
  });
  const ordered = unique.map((build) => ({
    ...build,
    after: build.after.map((service) => shared[service] ?? service),
  }));
  return { builds: ordered, shared };
}
