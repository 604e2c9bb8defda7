import { config } from '../../app/config.ts';
import type { ConfigList } from '../../app/config-lists.ts';
import type { FlagValues } from '../flag-values.ts';
import { globalOptions } from '../global-options.ts';
import type { Invocation } from '../invocation.ts';

/** In the order in which they win over each other. */
const LISTS = ['services', 'volumes', 'networks', 'models'] as const;
const MORE_LISTS = ['profiles', 'images', 'variables', 'environment'] as const;

/** Reads the flags of `config` and runs it. */
export function run({ flags, args, global, session }: Invocation): Promise<number> {
  return config(session, globalOptions(global), {
    services: args,
    list: chosenList(flags),
    explain: flags.given('explain'),
    format: flags.string('format'),
    output: flags.given('output'),
    quiet: flags.bool('quiet'),
    interpolate: !flags.bool('no-interpolate'),
    normalize: !flags.bool('no-normalize'),
    resolvePaths: !flags.bool('no-path-resolution'),
    resolveEnvFiles: !flags.bool('no-env-resolution'),
    checkConsistency: !flags.bool('no-consistency'),
    resolveDigests: flags.bool('resolve-image-digests') || flags.bool('lock-image-digests'),
    lockDigests: flags.bool('lock-image-digests'),
  });
}

function chosenList(flags: FlagValues): ConfigList | undefined {
  const first = LISTS.find((kind) => flags.bool(kind));
  if (first !== undefined) return { kind: first };
  const hash = flags.string('hash');
  if (hash !== '') return { kind: 'hash', services: hash };
  const later = MORE_LISTS.find((kind) => flags.bool(kind));
  return later === undefined ? undefined : { kind: later };
}
