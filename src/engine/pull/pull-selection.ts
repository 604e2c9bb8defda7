import type { Project, Service } from '../../compose/model.ts';
import { isLatest } from './image-reference.ts';

/** One image to pull. */
export interface ImagePull {
  readonly image: string;
  /** The first service that uses it. */
  readonly service: string;
  /** As `platform:` gives it; absent: what the engine runs on. */
  readonly platform?: string;
  /** The service can also build it, so that a failure is not the end. */
  readonly buildable: boolean;
}

export interface PullSelection {
  readonly pulls: readonly ImagePull[];
  readonly skipped: readonly {
    /** As shown in progress. */
    readonly id: string;
    readonly reason: string;
  }[];
}

export interface PullPolicy {
  /** `--ignore-buildable`. */
  readonly ignoreBuildable: boolean;
  /** `--policy`: instead of the services' own. */
  readonly policy?: string;
  /** True when the engine has the image already. */
  readonly isPresent: (image: string) => boolean;
}

/**
 * What an explicit `pull` of the project's services fetches. Unlike `up` it refreshes images without
 * a policy, those whose refresh window is not over, and `latest` under the policy `missing`.
 */
export function selectPulls(project: Project, policy: PullPolicy): PullSelection {
  const pulls = new Map<string, ImagePull>();
  const skipped: { id: string; reason: string }[] = [];
  const consider = (service: Service, image: string, pullPolicy: string | undefined): void => {
    const verdict = decide(image, pullPolicy, policy);
    const buildable = service.build !== undefined && image === service.image;
    if (!verdict.pull) {
      if (image === service.image || verdict.reason !== '') {
        skipped.push({ id: `Image ${image}`, reason: verdict.reason });
      }
    } else if (buildable && policy.ignoreBuildable) {
      skipped.push({ id: `Image ${image}`, reason: 'Image can be built' });
    } else if (!pulls.has(image)) {
      const platform = image === service.image ? service.platform : undefined;
      pulls.set(image, {
        image,
        service: service.name,
        buildable,
        ...(platform === undefined ? {} : { platform }),
      });
    }
  };

  const services = Object.values(project.services);
  for (const service of services) {
    const own = policy.policy ?? service.pull_policy;
    if (service.image === undefined) {
      skipped.push({ id: service.name, reason: 'No image to be pulled' });
    } else {
      consider(service, service.image, own);
    }
  }
  for (const service of services) {
    const own = policy.policy ?? service.pull_policy;
    for (const { image } of service.pre_start ?? []) {
      if (image === undefined || image === service.image) continue;
      // A hook's image cannot be built, so that only a missing one is fetched.
      consider(service, image, own === 'build' ? 'missing' : own);
    }
  }
  return { pulls: [...pulls.values()], skipped };
}

function decide(
  image: string,
  pullPolicy: string | undefined,
  { isPresent }: PullPolicy,
): { readonly pull: boolean; readonly reason: string } {
  const refreshed = pullPolicy === undefined || pullPolicy === 'always' || isWindow(pullPolicy);
  if (refreshed) return { pull: true, reason: '' };
  if (pullPolicy === 'never' || pullPolicy === 'build') return { pull: false, reason: '' };
  if (!isPresent(image) || isLatest(image)) return { pull: true, reason: '' };
  return { pull: false, reason: 'Image is already present locally' };
}

function isWindow(policy: string): boolean {
  return policy === 'daily' || policy === 'weekly' || policy.startsWith('every_');
}
