import type { ServerInfo } from '../client.ts';
import { EngineError } from '../errors.ts';
import { findPlugin } from '../executable.ts';
import { isAtLeast, pluginVersion } from '../plugin-version.ts';
import type { PluginSources } from '../plugin-directories.ts';

/** Where to look for buildx, and the environment to run it in. */
export interface BuildxSources extends PluginSources {
  readonly env: Readonly<Record<string, string | undefined>>;
}

export interface Buildx {
  readonly path: string;
  /** `0.29.1`. */
  readonly version: string;
}

/** Oldest version whose bake has what is needed. */
const MINIMUM = [0, 17];

export type FoundBuildx =
  | { readonly kind: 'found'; readonly buildx: Buildx }
  | { readonly kind: 'absent' }
  /** One was found that cannot be used; `reason` is a sentence. */
  | { readonly kind: 'unusable'; readonly reason: string };

/**
 * Whether BuildKit is to build: DOCKER_BUILDKIT decides, else what the engine prefers; Windows
 * engines may have none. Throws an EngineError for a value that means nothing.
 */
export function wantsBuildKit(
  env: BuildxSources['env'],
  { builder, osType }: Pick<ServerInfo, 'builder' | 'osType'>,
): boolean {
  const wish = env['DOCKER_BUILDKIT'] ?? '';
  if (wish === '') return builder === '2' || osType !== 'windows';
  if (/^(?:1|t|T|TRUE|true|True)$/.test(wish)) return true;
  if (/^(?:0|f|F|FALSE|false|False)$/.test(wish)) return false;
  throw new EngineError(
    'invalid',
    `DOCKER_BUILDKIT environment variable expects boolean value: ${JSON.stringify(wish)}`,
    { hint: 'Set it to 1 or 0, or unset it.' },
  );
}

/** Looks for the buildx plugin where the docker command looks for plugins; the first hit counts. */
export async function findBuildx(sources: BuildxSources): Promise<FoundBuildx> {
  const path = findPlugin(sources, 'buildx');
  if (path === undefined) return { kind: 'absent' };
  const version = await pluginVersion(path, sources.env);
  if (version === undefined) {
    return { kind: 'unusable', reason: `${path} did not say which version it is` };
  }
  if (!isAtLeast(version, MINIMUM)) {
    return {
      kind: 'unusable',
      reason: `compose build requires buildx ${MINIMUM.join('.')}.0 or later, ${path} is ${version}`,
    };
  }
  return { kind: 'found', buildx: { path, version } };
}
