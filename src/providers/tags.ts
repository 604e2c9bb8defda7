import { MACHINE_TAG, STORE_TAG } from './machine-tags.ts';

export type Tags = Readonly<Record<string, string>>;

/** What things that machines share are tagged with. */
export function sharedTags(tags: Tags): Tags {
  return Object.fromEntries(Object.entries(tags).filter(([key]) => key !== MACHINE_TAG));
}

/** True when a thing has all of these tags; shared things belong to every machine of their store. */
export function matches(tags: Tags, wanted: Tags): boolean {
  return Object.entries(wanted).every(
    ([key, value]) => tags[key] === value || (key === MACHINE_TAG && tags[key] === undefined),
  );
}

/** Part of names that are made up of a store and, for what belongs to one machine, the machine. */
export function nameOf(tags: Tags, machine?: string): string {
  const store = tags[STORE_TAG] ?? 'default';
  return machine === undefined ? `tcompose-${store}` : `tcompose-${store}-${machine}`;
}
