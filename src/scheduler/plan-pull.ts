import type { Project, Service } from '../compose/model.ts';
import { localImage } from './names.ts';
import { sortedEntries } from './network-drift.ts';
import type { Observed, ObservedImage } from './observed.ts';
import { PlanBuilder } from './plan-builder.ts';
import { pullCause } from './plan-images.ts';
import type { Plan } from './plan.ts';
import { parsePullPolicy } from './pull-policy.ts';

export interface PullOptions {
  /** `--policy`: instead of every service's own. */
  readonly policy?: 'missing' | 'always' | undefined;
  readonly ignoreBuildable: boolean;
  /** Pull what can be pulled; failures are warnings. */
  readonly ignoreFailures: boolean;
  /** Milliseconds since the epoch. */
  readonly now: number;
}

export interface PullPlan {
  readonly plan: Plan;
  /** What is not pulled and why, as progress shows it: `Image nginx` or a service, and the reason. */
  readonly skipped: readonly { readonly id: string; readonly details: string }[];
}

/**
 * Plans the command `pull`. Being asked for, it refreshes more than `up` does: services without a
 * policy, the tag `latest`, and images whose refresh is not due yet.
 */
export function planPull(project: Project, observed: Observed, options: PullOptions): PullPlan {
  const plan = new PlanBuilder(observed.host);
  const skipped: { id: string; details: string }[] = [];
  const pulled = new Set<string>();
  const pull = (service: Service, image: string, cause: string): void => {
    if (pulled.has(image)) return;
    pulled.add(image);
    const optional = options.ignoreFailures || service.build !== undefined;
    plan.add({
      resource: `image:${image}`,
      cause,
      action: {
        kind: 'pull-image',
        service: service.name,
        image,
        ...(optional ? { optional } : {}),
      },
    });
  };
  const consider = (service: Service, image: string, local: ObservedImage | undefined): void => {
    const decision = explicitPull(image, service.pull_policy, local, options.now);
    if (decision.pull) pull(service, image, decision.reason);
    else skipped.push({ id: `Image ${image}`, details: decision.reason });
  };
  const services = sortedEntries(project.services).map(([, service]) => service);
  for (const service of services) {
    const { name, image, build } = service;
    if (image === undefined) {
      if (service.provider === undefined) {
        skipped.push({ id: name, details: 'No image to be pulled' });
      }
    } else if (build !== undefined && options.ignoreBuildable) {
      skipped.push({ id: `Image ${image}`, details: 'Image can be built' });
    } else {
      const effective = options.policy === undefined ? {} : { pull_policy: options.policy };
      consider({ ...service, ...effective }, image, localImage(observed, project, service));
    }
  }
  for (const service of services) {
    const policy = service.pull_policy === 'build' ? 'missing' : service.pull_policy;
    const { build: _build, pull_policy: _policy, ...rest } = service;
    const owner = { ...rest, ...(policy === undefined ? {} : { pull_policy: policy }) };
    for (const { image } of service.pre_start ?? []) {
      if (image !== undefined) consider(owner, image, observed.images.get(image));
    }
  }
  return { plan: plan.build(), skipped };
}

interface Decision {
  readonly pull: boolean;
  readonly reason: string;
}

function explicitPull(
  image: string,
  policyText: string | undefined,
  local: ObservedImage | undefined,
  now: number,
): Decision {
  if (policyText === undefined || policyText === '') {
    return { pull: true, reason: 'pull was asked for' };
  }
  const cause = pullCause(policyText, local, now);
  if (cause !== undefined) return { pull: true, reason: cause };
  const { kind } = parsePullPolicy(policyText);
  if (kind === 'refresh') return { pull: true, reason: 'pull was asked for' };
  if (kind !== 'missing') return { pull: false, reason: `Pull policy is ${policyText}` };
  return isLatest(image)
    ? { pull: true, reason: 'latest may have moved' }
    : { pull: false, reason: 'Image is already present locally' };
}

/** Whether a reference means the tag `latest`, by itself or because it has no tag or digest. */
function isLatest(reference: string): boolean {
  if (reference.includes('@')) return false;
  const last = reference.slice(reference.lastIndexOf('/') + 1);
  return !last.includes(':') || last.endsWith(':latest');
}
