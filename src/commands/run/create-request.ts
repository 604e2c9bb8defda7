import { isTrue } from '../../app/true-words.ts';
import type { CreateRequest, RecreatePolicy } from '../../app/up-request.ts';
import type { FlagValues } from '../flag-values.ts';
import type { Invocation } from '../invocation.ts';
import { UsageError } from '../usage-error.ts';

const PULL_POLICIES = new Set(['always', 'never', 'missing', 'build', 'if_not_present']);

/**
 * The part that `up`, `create` and `plan` share; each of them has other flags, so a flag that a
 * command does not define counts as not given.
 *
 * @throws UsageError when flags exclude each other
 */
export function createRequest({ flags, args, dryRun, session }: Invocation): CreateRequest {
  const on = (name: string): boolean => flags.defines(name) && flags.bool(name);
  exclude(on, 'build', 'no-build');
  exclude(on, 'force-recreate', 'no-recreate');
  exclude(on, 'always-recreate-deps', 'no-recreate');
  exclude(on, 'no-recreate', 'renew-anon-volumes');
  const recreate = recreatePolicy(on);
  return {
    services: args,
    build: on('build'),
    noBuild: on('no-build'),
    pull: pullPolicy(flags),
    quietPull: on('quiet-pull'),
    quietBuild: on('quiet-build'),
    recreate,
    recreateDependencies: on('always-recreate-deps') ? recreate : 'diverged',
    renewAnonymousVolumes: on('renew-anon-volumes'),
    removeOrphans: removesOrphans(flags, session.env),
    scale: flags.defines('scale') ? scales(flags.list('scale'), SCALE_FLAG) : new Map(),
    noDependencies: on('no-deps'),
    contentChanges: flags.defines('content-changes') ? flags.given('content-changes') : undefined,
    syncBinds: on('sync-binds'),
    assumeYes: on('yes'),
    timeout: flags.defines('timeout') ? flags.givenInt('timeout') : undefined,
    dryRun,
  };
}

interface ScaleWords {
  /** What a word that may hold a number looks like. */
  readonly form: RegExp;
  readonly malformed: (word: string) => string;
  readonly noNumber: (word: string, count: string) => string;
}

const SCALE_FLAG: ScaleWords = {
  form: /^([^=]*)=([^=]*)$/,
  malformed: (word) => `invalid --scale option ${JSON.stringify(word)}. Should be SERVICE=NUM`,
  noNumber: (_word, count) => `strconv.Atoi: parsing ${JSON.stringify(count)}: invalid syntax`,
};

const SCALE_ARGUMENT: ScaleWords = {
  form: /^([^=]+)=(.+)$/,
  malformed: (word) => `invalid scale specifier: ${word}`,
  noNumber: (word) => `invalid scale specifier: can't parse replica value as int: ${word}`,
};

/** Reads `SERVICE=NUM` words. @throws UsageError when one is malformed, in these words */
export function scales(
  words: readonly string[],
  { form, malformed, noNumber } = SCALE_ARGUMENT,
): ReadonlyMap<string, number> {
  const found = new Map<string, number>();
  const hint = 'write SERVICE=NUM, as in web=3';
  for (const word of words) {
    const [, service, count] = form.exec(word) ?? [];
    if (service === undefined || count === undefined) throw new UsageError(malformed(word), hint);
    if (!/^\d+$/.test(count)) throw new UsageError(noNumber(word, count), hint);
    found.set(service, Number(count));
  }
  return found;
}

/** `--remove-orphans`, or COMPOSE_REMOVE_ORPHANS where the flag was not given. */
export function removesOrphans(
  flags: FlagValues,
  env: Readonly<Record<string, string | undefined>>,
): boolean {
  return flags.changed('remove-orphans')
    ? flags.bool('remove-orphans')
    : isTrue(env['COMPOSE_REMOVE_ORPHANS']);
}

function recreatePolicy(on: (name: string) => boolean): RecreatePolicy {
  if (on('no-recreate')) return 'never';
  return on('force-recreate') || on('renew-anon-volumes') ? 'force' : 'diverged';
}

function pullPolicy(flags: FlagValues): string | undefined {
  const given = flags.given('pull');
  if (given === undefined || given === 'policy' || given === '') return undefined;
  if (PULL_POLICIES.has(given)) return given === 'if_not_present' ? 'missing' : given;
  throw new UsageError(
    `invalid --pull option ${JSON.stringify(given)}`,
    'use always, missing, never or policy',
  );
}

function exclude(on: (name: string) => boolean, one: string, other: string): void {
  if (on(one) && on(other)) {
    throw new UsageError(`--${one} and --${other} are incompatible`);
  }
}
