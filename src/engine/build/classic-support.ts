import { EngineError } from '../errors.ts';
import type { ImageBuild } from './build-plan.ts';
import { contextSource } from './context-source.ts';

const NEEDS_BUILDKIT =
  'Install the buildx plugin (0.17 or newer) to build with BuildKit, and leave DOCKER_BUILDKIT unset.';

/** Throws an EngineError for what only BuildKit can build; the rest that it ignores is returned as warnings. */
export function checkClassicSupport(build: ImageBuild): string[] {
  const { build: keys, service } = build;
  const refused: readonly (readonly [boolean, string, string])[] = [
    [build.platforms.length > 1, 'platforms', 'multi-arch build'],
    [keys.privileged === true, 'privileged', 'privileged mode'],
    [(keys.entitlements ?? []).length > 0, 'entitlements', 'entitlements'],
    [Object.keys(keys.ssh ?? {}).length > 0, 'ssh', 'SSH keys'],
    [(keys.secrets ?? []).length > 0, 'secrets', 'secrets'],
    [foreignContexts(build).length > 0, 'additional_contexts', 'additional contexts'],
  ];
  const fault = refused.find(([applies]) => applies);
  if (fault !== undefined) {
    throw new EngineError(
      'unsupported',
      `service "${service}": build.${fault[1]}: the classic builder doesn't support ${fault[2]}, set DOCKER_BUILDKIT=1 to use BuildKit`,
      { hint: NEEDS_BUILDKIT },
    );
  }
  const ignored = ['cache_to', 'no_cache_filter', 'provenance', 'sbom'] as const;
  return ignored
    .filter((key) => keys[key] !== undefined && keys[key] !== 'false' && keys[key].length > 0)
    .map((key) => `service "${service}": build.${key} is ignored by the classic builder`);
}

/** Additional contexts that are images, which the classic builder can be given: name → reference. */
export function imageContexts(
  build: ImageBuild,
  imageOf: (service: string) => string,
): Record<string, string> {
  const found: Record<string, string> = {};
  for (const [name, value] of Object.entries(build.build.additional_contexts ?? {})) {
    const source = contextSource(value);
    if (source.kind === 'service') found[name] = imageOf(source.service);
    else if (value.startsWith(IMAGE)) found[name] = value.slice(IMAGE.length);
  }
  return found;
}

const IMAGE = 'docker-image://';

function foreignContexts({ build }: ImageBuild): string[] {
  return Object.values(build.additional_contexts ?? {}).filter(
    (value) => contextSource(value).kind !== 'service' && !value.startsWith(IMAGE),
  );
}
