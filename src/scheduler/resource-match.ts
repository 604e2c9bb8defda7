import { LABEL } from '../compose/labels.ts';
import { compareText } from './container-index.ts';

interface Labelled {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
}

export interface Match<T> {
  /** What stands for the key at the engine. */
  readonly live: T | undefined;
  /** Others that carry the key, left by a change of name. */
  readonly leftovers: readonly T[];
}

/**
 * Finds the network or volume that stands for a key of the project: labelled with the key, and
 * then preferably of the right name, or else unlabelled with the right name.
 */
export function matchResource<T extends Labelled>(
  kind: 'network' | 'volume',
  wanted: { readonly project: string; readonly key: string; readonly name: string },
  candidates: readonly T[],
): Match<T> {
  const labelled = candidates
    .filter(
      ({ labels }) =>
        labels[LABEL.project] === wanted.project && labels[LABEL[kind]] === wanted.key,
    )
    .sort((left, right) => compareText(left.name, right.name));
  const live =
    labelled.find(({ name }) => name === wanted.name) ??
    labelled[0] ??
    candidates.find(({ name }) => name === wanted.name);
  return { live, leftovers: labelled.filter(({ name }) => name !== live?.name) };
}

/** The configuration hash of a resource that belongs to the project; undefined for all others. */
export function ownHash(resource: Labelled, project: string): string | undefined {
  return resource.labels[LABEL.project] === project ? resource.labels[LABEL.configHash] : undefined;
}
