import type { Observed } from './observed.ts';

/** Label of what was given → digest of its content. */
export type ContentDigests = Readonly<Record<string, string>>;

/**
 * Which contents are not what a container was made with: container id → causes. Only what is known of
 * both sides is compared; what was added or taken away shows in the configuration hash.
 *
 * @param wanted by service
 * @param recorded by container id
 */
export function contentCauses(
  observed: Observed,
  wanted: Readonly<Record<string, ContentDigests>>,
  recorded: Readonly<Record<string, ContentDigests>>,
): ReadonlyMap<string, readonly string[]> {
  const causes = new Map<string, readonly string[]>();
  for (const { id, service, oneOff } of observed.containers) {
    const before = recorded[id];
    const now = wanted[service];
    if (oneOff || before === undefined || now === undefined) continue;
    const changed = Object.keys(now).filter(
      (label) => before[label] !== undefined && before[label] !== now[label],
    );
    if (changed.length > 0)
      causes.set(
        id,
        changed.map((label) => `content of ${label} changed`),
      );
  }
  return causes;
}

/**
 * What is to be remembered after a run: of containers that are gone nothing, of new ones what they
 * were made with, of others what was known, or else what is there now.
 */
export function nextRecord(
  recorded: Readonly<Record<string, ContentDigests>>,
  containers: readonly { readonly id: string; readonly service: string; readonly made: boolean }[],
  wanted: Readonly<Record<string, ContentDigests>>,
): Readonly<Record<string, ContentDigests>> {
  return Object.fromEntries(
    containers.flatMap(({ id, service, made }) => {
      const now = wanted[service] ?? {};
      const digests = made ? now : { ...now, ...recorded[id] };
      return Object.keys(digests).length === 0 ? [] : [[id, digests]];
    }),
  );
}
