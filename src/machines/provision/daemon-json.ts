import { findJsonFault } from '../../foundation/json-fault.ts';
import { fail, ok, type Result } from '../../foundation/result.ts';
import { type DaemonConfig, isObject, type JsonValue } from './engine-keys.ts';

/** Where the engine looks for its configuration. */
export const DAEMON_JSON = '/etc/docker/daemon.json';

/** daemon.json as it is to be. */
export interface MergedDaemonJson {
  /** Undefined: it is as it should be. */
  readonly text: string | undefined;
  /** Top-level keys that differ. */
  readonly changed: readonly string[];
  /** Those of them that are not there any more. */
  readonly gone: readonly string[];
  /** `+`, `-` or `~` and what of each key; passwords in addresses are left out. */
  readonly difference: readonly string[];
}

/** Keys that dockerd takes over from daemon.json while it runs, when told to (SIGHUP). */
const RELOADABLE = new Set([
  'debug',
  'labels',
  'live-restore',
  'max-concurrent-downloads',
  'max-concurrent-uploads',
  'max-download-attempts',
  'insecure-registries',
  'registry-mirrors',
  'shutdown-timeout',
]);

/**
 * True when a running engine takes these keys over without being restarted: of keys that are gone it keeps what they
 * said before.
 */
export function canReload(changed: readonly string[], gone: readonly string[] = []): boolean {
  return gone.length === 0 && changed.every((key) => RELOADABLE.has(key));
}

/**
 * Puts `wanted` into the text of a daemon.json and leaves everything else in it as it is: lists and maps get what
 * they lack. `earlier` is what tcompose had put there before; of that, what is no longer wanted is taken out.
 * `moved` is what others have told the engine elsewhere, and what it is to know from this file now. Fails with a
 * sentence for text that is no JSON object.
 */
export function mergeDaemonJson(
  text: string | undefined,
  wanted: DaemonConfig,
  earlier: DaemonConfig,
  moved: DaemonConfig = {},
): Result<MergedDaemonJson, string> {
  const read = readDaemonJson(text);
  if (!read.ok) return read;
  const current = read.value;
  const merged = mergeConfig(mergeConfig(current, moved, {}), wanted, earlier);
  const keys = [...new Set([...Object.keys(current), ...Object.keys(merged)])];
  const changed = keys.filter((key) => !same(current[key], merged[key]));
  if (changed.length === 0) return ok({ text: undefined, changed, gone: [], difference: [] });
  return ok({
    text: `${JSON.stringify(merged, undefined, indentation(text))}\n`,
    changed,
    gone: changed.filter((key) => merged[key] === undefined),
    difference: changed.map((key) => differenceLine(key, current[key], merged[key])),
  });
}

function mergeConfig(
  current: DaemonConfig,
  wanted: DaemonConfig,
  earlier: DaemonConfig,
): DaemonConfig {
  const merged: Record<string, JsonValue> = {};
  for (const key of new Set([...Object.keys(current), ...Object.keys(wanted)])) {
    const value = mergeValue(key, current[key], { wanted: wanted[key], earlier: earlier[key] });
    if (value !== undefined) merged[key] = value;
  }
  return merged;
}

function readDaemonJson(text: string | undefined): Result<DaemonConfig, string> {
  if (text === undefined || text.trim() === '') return ok({});
  const fault = findJsonFault(text);
  if (fault !== undefined) {
    const { line, column, expected } = fault;
    return fail(`${DAEMON_JSON} is no JSON: line ${line}, column ${column}: expected ${expected}`);
  }
  const value = JSON.parse(text) as JsonValue;
  return isObject(value)
    ? ok(value)
    : fail(`${DAEMON_JSON} has to be an object, as in {"debug": true}`);
}

interface Wish {
  readonly wanted: JsonValue | undefined;
  readonly earlier: JsonValue | undefined;
}

function mergeValue(
  key: string,
  current: JsonValue | undefined,
  { wanted, earlier }: Wish,
): JsonValue | undefined {
  if (isList(current) || (current === undefined && isList(wanted))) {
    return mergeList(key, current ?? [], { wanted, earlier });
  }
  if (isObject(current) && (isObject(wanted) || isObject(earlier))) {
    return mergeMap(current, { wanted, earlier });
  }
  if (wanted !== undefined) return wanted;
  return current !== undefined && same(current, earlier) ? undefined : current;
}

function mergeList(
  key: string,
  current: readonly JsonValue[],
  { wanted, earlier }: Wish,
): JsonValue | undefined {
  if (wanted !== undefined && !isList(wanted)) return wanted;
  const wish = wanted ?? [];
  const before = isList(earlier) ? earlier : [];
  // A label has one value: the one that is wanted.
  const name = (item: JsonValue): string =>
    key === 'labels' && typeof item === 'string' ? `${item.split('=')[0]}=` : JSON.stringify(item);
  const names = new Set(wish.map(name));
  const kept = current.filter((item) => {
    if (wish.some((other) => same(other, item))) return true;
    return !names.has(name(item)) && !before.some((other) => same(other, item));
  });
  const added = wish.filter((item) => !kept.some((other) => same(other, item)));
  const list = [...kept, ...added];
  return list.length === 0 && before.length > 0 ? undefined : list;
}

function mergeMap(
  current: { readonly [key: string]: JsonValue },
  { wanted, earlier }: Wish,
): JsonValue | undefined {
  const wish = isObject(wanted) ? wanted : {};
  const before = isObject(earlier) ? earlier : {};
  const kept = Object.entries(current).filter(
    ([key, value]) => key in wish || !(key in before) || !same(value, before[key]),
  );
  const map = { ...Object.fromEntries(kept), ...wish };
  return Object.keys(map).length === 0 && Object.keys(before).length > 0 ? undefined : map;
}

function isList(value: JsonValue | undefined): value is readonly JsonValue[] {
  return Array.isArray(value);
}

function same(left: JsonValue | undefined, right: JsonValue | undefined): boolean {
  return JSON.stringify(left) === JSON.stringify(right);
}

function differenceLine(
  key: string,
  from: JsonValue | undefined,
  to: JsonValue | undefined,
): string {
  if (from === undefined) return `+ ${key}: ${shown(to)}`;
  if (to === undefined) return `- ${key}: ${shown(from)}`;
  return `~ ${key}: ${shown(from)} → ${shown(to)}`;
}

function shown(value: JsonValue | undefined): string {
  return JSON.stringify(value).replace(/\/\/[^/@"]+@/g, '//…@');
}

/** Indentation of the first line that has one; two blanks for a file on one line. */
function indentation(text: string | undefined): string {
  return /^([ \t]+)"/m.exec(text ?? '')?.[1] ?? '  ';
}
