import { fail, ok, type Result } from '../../foundation/result.ts';
import type { Refusal } from './step.ts';

/** The engine's own version in that of a package: `5:28.5.1-1~debian.12~bookworm` → `28.5.1`. */
export function upstreamVersion(version: string): string {
  return /^(?:\d+:)?(\d[\d.]*)/.exec(version)?.[1]?.replace(/\.$/, '') ?? version;
}

/** True when a package's version is the one that was asked for: all of it, or its first numbers. */
export function versionMatches(version: string, wanted: string): boolean {
  if (version === wanted) return true;
  const upstream = upstreamVersion(version);
  return upstream === wanted || upstream.startsWith(`${wanted}.`);
}

/** The newest of the versions on offer that is the one asked for; refused with those that there are. */
export function pickVersion(
  name: string,
  offered: readonly string[],
  wanted: string,
): Result<string, Refusal> {
  const found = offered.find((version) => versionMatches(version, wanted));
  if (found !== undefined) return ok(found);
  const versions = [...new Set(offered.map(upstreamVersion))].slice(0, 8).join(', ');
  return fail({
    message: `the host is offered no ${name} of version ${wanted}`,
    hint:
      versions === ''
        ? `its package sources have no ${name} at all: choose another --engine-source`
        : `there are: ${versions}`,
  });
}

/** Compares dotted numbers: negative when `left` is older. */
export function compareVersions(left: string, right: string): number {
  const [from, to] = [left.split('.').map(Number), right.split('.').map(Number)];
  for (let index = 0; index < Math.max(from.length, to.length); index += 1) {
    const difference = (from[index] ?? 0) - (to[index] ?? 0);
    if (difference !== 0) return difference;
  }
  return 0;
}
