import { spawn } from 'node:child_process';
import type { ServerInfo } from '../client.ts';
import { EngineError } from '../errors.ts';
import { findPlugin } from '../executable.ts';
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
  const answer = await run(path, ['docker-cli-plugin-metadata'], sources.env);
  const version = versionOf(answer);
  if (version === undefined) {
    return { kind: 'unusable', reason: `${path} did not say which version it is` };
  }
  if (!isRecent(version)) {
    return {
      kind: 'unusable',
      reason: `compose build requires buildx ${MINIMUM.join('.')}.0 or later, ${path} is ${version}`,
    };
  }
  return { kind: 'found', buildx: { path, version } };
}

function versionOf(metadata: string): string | undefined {
  try {
    const { Version: version } = JSON.parse(metadata) as { Version?: string };
    return /\d+\.\d+(?:\.\d+)?/.exec(version ?? '')?.[0];
  } catch {
    return undefined;
  }
}

function isRecent(version: string): boolean {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  return major > (MINIMUM[0] ?? 0) || minor >= (MINIMUM[1] ?? 0);
}

function run(path: string, args: readonly string[], env: BuildxSources['env']): Promise<string> {
  return new Promise((resolve) => {
    const child = spawn(path, args, { env, stdio: ['ignore', 'pipe', 'ignore'] });
    let text = '';
    child.stdout.setEncoding('utf8').on('data', (chunk: string) => {
      text += chunk;
    });
    child.on('error', () => resolve(''));
    child.on('close', () => resolve(text));
  });
}
