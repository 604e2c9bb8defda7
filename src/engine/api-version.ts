import { EngineError } from './errors.ts';

/** Oldest and newest version of the Engine API that requests are shaped for (20.10 to 28.4). */
export const MINIMUM_API_VERSION = '1.41';
export const MAXIMUM_API_VERSION = '1.51';

/** Compares two versions `1.x`: negative, zero or positive like a sort callback. */
export function compareApiVersions(left: string, right: string): number {
  const [a, b] = [left, right].map((version) => version.split('.').map(Number));
  return (a?.[0] ?? 0) - (b?.[0] ?? 0) || (a?.[1] ?? 0) - (b?.[1] ?? 0);
}

/** True when `version` is `minimum` or newer. */
export function apiAtLeast(version: string, minimum: string): boolean {
  return compareApiVersions(version, minimum) >= 0;
}

/**
 * The version to speak with an engine whose newest is `offered`. `forced` is DOCKER_API_VERSION and
 * switches negotiation off, as in the docker command.
 */
export function negotiateApiVersion(offered: string | undefined, forced?: string): string {
  if (forced !== undefined && forced !== '') {
    const version = forced.replace(/^v/, '');
    if (!/^\d+\.\d+$/.test(version)) {
      throw new EngineError('invalid', `DOCKER_API_VERSION: "${forced}" is not an API version`, {
        hint: `Write it as ${MAXIMUM_API_VERSION}, or unset it to negotiate.`,
      });
    }
    return version;
  }
  const newest = offered ?? '1.24';
  if (!apiAtLeast(newest, MINIMUM_API_VERSION)) {
    throw new EngineError(
      'too-old',
      `the Docker daemon supports API version ${newest} at most, ${MINIMUM_API_VERSION} or newer is needed`,
      { hint: 'Update the engine to Docker 20.10 or newer.' },
    );
  }
  return apiAtLeast(newest, MAXIMUM_API_VERSION) ? MAXIMUM_API_VERSION : newest;
}
