import type { GlobalOptions } from '../app/global-options.ts';
import type { FlagValues } from './flag-values.ts';
import { UsageError } from './usage-error.ts';

const PROGRESS = ['auto', 'tty', 'plain', 'json', 'quiet', 'none'];
const ANSI = ['auto', 'always', 'never'];

/**
 * Turns the flags before the command word into options.
 *
 * @throws UsageError for values and combinations that make no sense
 */
export function globalOptions(global: FlagValues): GlobalOptions {
  if (global.list('host').length > 1) throw new UsageError('specify only one -H');
  if (global.list('host').length > 0 && global.changed('context')) {
    throw new UsageError('conflicting options: cannot specify both --host and --context');
  }
  if (global.changed('ansi') && global.bool('no-ansi')) {
    throw new UsageError(
      'cannot specify DEPRECATED "--no-ansi" and "--ansi". Please use only "--ansi"',
    );
  }
  if (global.string('project-directory') !== '' && global.string('workdir') !== '') {
    throw new UsageError(
      'cannot specify DEPRECATED "--workdir" and "--project-directory". Please use only "--project-directory" instead',
    );
  }
  return {
    files: global.list('file'),
    envFiles: global.list('env-file'),
    projectName: global.given('project-name'),
    projectDirectory: global.given('project-directory') ?? global.given('workdir'),
    profiles: global.list('profile'),
    compatibility: global.bool('compatibility'),
    allResources: global.bool('all-resources'),
    parallel: global.givenInt('parallel'),
    progress: oneOf('progress', global.given('progress'), PROGRESS),
    ansi: global.bool('no-ansi') ? 'never' : oneOf('ansi', global.given('ansi'), ANSI),
    insecureRegistries: global.list('insecure-registry'),
    lock: global.bool('lock'),
    lockTimeout: global.given('lock-timeout'),
    verbose: global.bool('verbose') || global.bool('debug'),
    engine: {
      host: global.list('host')[0],
      context: global.given('context'),
      machine: global.given('machine'),
      configDirectory: global.given('config'),
      tls: global.bool('tls') || global.bool('tlsverify'),
      tlsVerify: global.bool('tlsverify'),
      tlsCaCert: global.given('tlscacert'),
      tlsCert: global.given('tlscert'),
      tlsKey: global.given('tlskey'),
    },
  };
}

/** What there is to say about flags that should no longer be used. */
export function obsoleteFlags(global: FlagValues): readonly string[] {
  return [
    ...(global.bool('no-ansi')
      ? ["option '--no-ansi' is DEPRECATED ! Please use '--ansi' instead."]
      : []),
    ...(global.string('workdir') === ''
      ? []
      : [
          "option '--workdir' is DEPRECATED at root level! Please use '--project-directory' instead.",
        ]),
  ];
}

function oneOf(
  flag: string,
  value: string | undefined,
  allowed: readonly string[],
): string | undefined {
  if (value === undefined || value === '') return undefined;
  if (allowed.includes(value)) return value;
  throw new UsageError(
    `unsupported --${flag} value ${JSON.stringify(value)}`,
    `use one of ${allowed.filter((word) => word !== 'none').join(', ')}`,
  );
}
