import type { EngineOptions } from '../store/machine-record.ts';
import { canonical, optionName } from './create-decision.ts';

/** Keys whose values may hold passwords. */
const SECRET: ReadonlySet<string> = new Set(['env']);

/** Keys that only an engine that is newly installed takes. */
const OF_NEW_ENGINES: ReadonlySet<string> = new Set(['source', 'installUrl', 'storageDriver']);

/**
 * Differences of engines in the words of a `machines.yaml`, as `engine.labels: tier=web comes, tier=db goes`; the order
 * of lists does not matter, and values that may be secrets are not shown.
 */
export function differingEngine(before: EngineOptions, after: EngineOptions): string[] {
  const [one, other]: Readonly<Record<string, unknown>>[] = [{ ...before }, { ...after }];
  const keys = new Set([...Object.keys(one ?? {}), ...Object.keys(other ?? {})]);
  return [...keys].toSorted().flatMap((key) => {
    const change = changeOf(key, one?.[key], other?.[key]);
    if (change === undefined) return [];
    const name = key === 'tlsPort' ? 'tls' : optionName(key);
    const kept = OF_NEW_ENGINES.has(key) ? ' (the engine that is there stays as it is)' : '';
    return [`engine.${name}: ${change}${kept}`];
  });
}

function changeOf(key: string, before: unknown, after: unknown): string | undefined {
  if (!Array.isArray(before) || !Array.isArray(after)) {
    if (canonical(before) === canonical(after)) return undefined;
    return `${show(before)} is now ${show(after)}`;
  }
  const had = before.map(String);
  const has = after.map(String);
  const comes = has
    .filter((item) => !had.includes(item))
    .map((item) => `${shown(key, item)} comes`);
  const goes = had.filter((item) => !has.includes(item)).map((item) => `${shown(key, item)} goes`);
  const all = [...new Set([...comes, ...goes])];
  return all.length === 0 ? undefined : all.join(', ');
}

function shown(key: string, item: string): string {
  return SECRET.has(key) ? item.replace(/=.*$/s, '') : withoutCredentials(item);
}

function show(value: unknown): string {
  if (value === undefined) return 'nothing';
  return withoutCredentials(typeof value === 'string' ? value : canonical(value));
}

/** Names and passwords in URLs are nobody's business. */
function withoutCredentials(text: string): string {
  return text.replaceAll(/(\b[a-z][\w+.-]*:\/\/)[^\s/@]*@/gi, '$1');
}
