import type { Diagnostic } from '../compose/diagnostic.ts';
import type { Project, Service } from '../compose/model.ts';
import { fail, ok, type Result } from '../foundation/result.ts';
import { imageName, localImage, type Separator } from './names.ts';
import { sortedEntries } from './network-drift.ts';
import type { Observed, ObservedImage } from './observed.ts';
import { PlanBuilder } from './plan-builder.ts';
import type { Plan } from './plan.ts';
import { parsePullPolicy } from './pull-policy.ts';

export interface ImageOptions {
  /** `--pull`: instead of every service's own policy. */
  readonly pull?: string | undefined;
  /** Build whatever can be built, even if it is there. */
  readonly build: boolean;
  /** Build nothing, even if it is missing. */
  readonly noBuild: boolean;
  /** Milliseconds since the epoch. */
  readonly now: number;
  readonly separator: Separator;
}

/** What is to be done for one image, and on whose behalf. */
interface Need {
  readonly service: Service;
  readonly reference: string;
  readonly cause: string;
}

/**
 * Plans which images are pulled and built before containers are made. A pull that fails is no
 * failure where the image can be built instead; with `--no-build` it may be there nevertheless.
 */
export function planImages(
  project: Project,
  observed: Observed,
  options: ImageOptions,
): Result<Plan, readonly Diagnostic[]> {
  const services = sortedEntries(project.services)
    .map(([, service]) => withPolicy(service, options))
    .filter(({ provider }) => provider === undefined);
  const faults = services.flatMap(imageFaults);
  if (faults.length > 0) return fail(faults);
  const plan = new PlanBuilder(observed.host);
  const built = new Set(
    services.flatMap(({ build, image }) => (build === undefined ? [] : [image ?? ''])),
  );
  const pulls = new Map<string, number>();
  const needs = services.flatMap((service) => pullNeeds(project, service, observed, options.now));
  for (const { service, reference, cause } of needs) {
    if (pulls.has(reference)) continue;
    const optional = built.has(reference);
    const step = plan.add({
      resource: `image:${reference}`,
      cause,
      action: {
        kind: 'pull-image',
        service: service.name,
        image: reference,
        ...(optional ? { optional } : {}),
      },
    });
    pulls.set(reference, step);
  }
  if (!options.noBuild) planBuilds(plan, { project, observed, services, pulls, options });
  return ok(plan.build());
}

interface BuildInput {
  readonly project: Project;
  readonly observed: Observed;
  readonly services: readonly Service[];
  /** Image → the step that pulls it. */
  readonly pulls: ReadonlyMap<string, number>;
  readonly options: ImageOptions;
}

function planBuilds(
  plan: PlanBuilder,
  { project, observed, services, pulls, options }: BuildInput,
): void {
  const wanted = services.filter(
    (service) =>
      service.build !== undefined &&
      (parsePullPolicy(service.pull_policy).kind === 'build' ||
        localImage(observed, project, service, options.separator) === undefined),
  );
  if (wanted.length === 0) return;
  const names = wanted.map(({ name }) => name);
  const ifMissing = wanted.filter(({ image }) => image !== undefined && pulls.has(image));
  plan.add({
    resource: `image:${wanted.map((service) => imageName(project, service, options.separator)).join(',')}`,
    cause: buildCause(wanted, ifMissing),
    after: ifMissing.flatMap(({ image = '' }) => pulls.get(image) ?? []),
    action: {
      kind: 'build-images',
      services: names,
      ...(ifMissing.length === 0 ? {} : { ifMissing: ifMissing.map(({ name }) => name) }),
    },
  });
}

function buildCause(wanted: readonly Service[], ifMissing: readonly Service[]): string {
  if (wanted.every(({ pull_policy: policy }) => policy === 'build')) return 'build was asked for';
  return wanted.length === ifMissing.length ? 'if it cannot be pulled' : 'not found';
}

/** The services, and those whose images their builds take as `additional_contexts`; sorted. */
export function withBuildContexts(project: Project, names: readonly string[]): readonly string[] {
  const found = new Set(names);
  for (const name of found) {
    const service = project.services[name] ?? project.disabledServices[name];
    for (const context of Object.values(service?.build?.additional_contexts ?? {})) {
      if (context.startsWith('service:')) found.add(context.slice('service:'.length));
    }
  }
  return [...found].sort();
}

function withPolicy(service: Service, { pull, build, noBuild }: ImageOptions): Service {
  const policy = build && !noBuild && service.build !== undefined ? 'build' : pull;
  return policy === undefined ? service : { ...service, pull_policy: policy };
}

function imageFaults({ name, image, build, pull_policy: policy }: Service): readonly Diagnostic[] {
  if (image === undefined && build === undefined) {
    return [
      {
        severity: 'error',
        code: 'plan/no-image',
        message: `invalid service "${name}". Must specify either image or build`,
        path: `services.${name}`,
      },
    ];
  }
  const parsed = parsePullPolicy(policy);
  if (parsed.kind !== 'invalid') return [];
  const path = `services.${name}.pull_policy`;
  return [{ severity: 'error', code: 'plan/pull-policy', message: parsed.reason, path }];
}

/** Pulls on behalf of one service: its image, images it mounts, images of its hooks. */
function pullNeeds(
  project: Project,
  service: Service,
  observed: Observed,
  now: number,
): readonly Need[] {
  const needs: Need[] = [];
  const add = (reference: string, cause: string | undefined): void => {
    if (cause !== undefined) needs.push({ service, reference, cause });
  };
  if (service.image !== undefined) {
    const local = localImage(observed, project, service);
    add(service.image, pullCause(service.pull_policy, local, now));
  }
  for (const { type, source = '' } of service.volumes ?? []) {
    if (type !== 'image' || Object.hasOwn(project.services, source)) continue;
    add(source, observed.images.has(source) ? undefined : 'not found');
  }
  for (const { image } of service.pre_start ?? []) {
    if (image === undefined) continue;
    // A hook's image cannot be built: with that policy it is pulled when it is missing.
    const policy = service.pull_policy === 'build' ? 'missing' : service.pull_policy;
    add(image, pullCause(policy, observed.images.get(image), now));
  }
  return needs;
}

/** Why an image is pulled by `up`; undefined: it is not. */
export function pullCause(
  policyText: string | undefined,
  local: ObservedImage | undefined,
  now: number,
): string | undefined {
  const policy = parsePullPolicy(policyText);
  switch (policy.kind) {
    case 'always':
      return 'pull policy is always';
    case 'never':
    case 'build':
    case 'invalid':
      return undefined;
    case 'missing':
      return local === undefined ? 'not found' : undefined;
    case 'refresh': {
      if (local === undefined) return 'not found';
      const due = (local.lastTagged ?? 0) + policy.interval;
      return now > due ? `refresh is due (${policy.name})` : undefined;
    }
  }
}
