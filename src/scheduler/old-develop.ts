import type { Hook, Service, WatchTrigger } from '../compose/model.ts';
import { fail, ok, type Result } from '../foundation/result.ts';

const KEY = 'x-develop';
const ACTIONS = ['sync', 'rebuild', 'restart', 'sync+restart', 'sync+exec'] as const;

/** What is wrong; caught where reading begins. */
class Fault extends Error {}

/**
 * The triggers of `x-develop`, as `develop` was called before it was in the specification; undefined
 * where the service has none. It is no part of the schema, so it is read as Compose reads it: lists are
 * lists, and keys that came later (`initial_sync`) mean nothing.
 *
 * @param resolve makes a path of the file absolute
 */
export function oldTriggers(
  { name, extensions = {} }: Service,
  resolve: (path: string) => string,
): Result<readonly WatchTrigger[] | undefined, string> {
  if (!(KEY in extensions)) return ok(undefined);
  try {
    const root = `services.${name}.${KEY}`;
    const develop = mapAt(extensions[KEY], root);
    const triggers = listAt(develop['watch'], `${root}.watch`).map((each, index) => {
      const place = `${root}.watch[${index}]`;
      return trigger(mapAt(each, place), place, resolve);
    });
    if (triggers.some(({ action, exec }) => action === 'sync+exec' && !exec?.command?.length)) {
      throw new Fault(`can't watch with action "sync+exec" on service ${name} without a command`);
    }
    return ok(triggers);
  } catch (error) {
    if (error instanceof Fault) return fail(error.message);
    throw error;
  }
}

function trigger(
  entries: Readonly<Record<string, unknown>>,
  place: string,
  resolve: (path: string) => string,
): WatchTrigger {
  const text = (key: string): string => textAt(entries[key] ?? '', `${place}.${key}`);
  const texts = (key: string): readonly string[] => textsAt(entries[key], `${place}.${key}`);
  const action = ACTIONS.find((each) => each === text('action'));
  if (action === undefined) {
    throw new Fault(`${place}.action must be one of ${ACTIONS.join(', ')}`);
  }
  return {
    path: resolve(text('path')),
    action,
    target: text('target'),
    exec: hook(mapAt(entries['exec'] ?? {}, `${place}.exec`), `${place}.exec`),
    include: texts('include'),
    ignore: texts('ignore'),
  };
}

function hook(entries: Readonly<Record<string, unknown>>, place: string): Hook {
  const environment = mapAt(entries['environment'] ?? {}, `${place}.environment`);
  return {
    command: textsAt(entries['command'], `${place}.command`),
    user: textAt(entries['user'] ?? '', `${place}.user`),
    privileged: entries['privileged'] === true,
    environment: Object.fromEntries(
      Object.entries(environment).map(([key, value]) => [
        key,
        value === null ? null : textAt(value, `${place}.environment.${key}`),
      ]),
    ),
  };
}

function mapAt(value: unknown, place: string): Readonly<Record<string, unknown>> {
  if (value === null) return {};
  if (typeof value !== 'object' || Array.isArray(value)) throw wrong(place, 'a mapping', value);
  return value as Readonly<Record<string, unknown>>;
}

function listAt(value: unknown, place: string): readonly unknown[] {
  if (value === undefined || value === null) return [];
  if (!Array.isArray(value)) throw wrong(place, 'a list', value);
  return value;
}

function textsAt(value: unknown, place: string): readonly string[] {
  return listAt(value, place).map((item, index) => textAt(item, `${place}[${index}]`));
}

function textAt(value: unknown, place: string): string {
  if (typeof value !== 'string') throw wrong(place, 'a string', value);
  return value;
}

function wrong(place: string, wanted: string, got: unknown): Fault {
  return new Fault(`${place} must be ${wanted}, not ${JSON.stringify(got)}`);
}
