import { providerNamed } from '../../../app/machine/providers.ts';
import type { Session } from '../../../app/session.ts';
import type { ProviderFlag } from '../../../providers/provider.ts';
import type { FlagDefinition } from '../../definition.ts';

/** The flags of the provider that a command line names; none when it names none. */
export async function providerFlags(
  argv: readonly string[],
  session: Session,
): Promise<readonly FlagDefinition[]> {
  const name = driverOf(argv, session.env);
  if (name === undefined) return [];
  const { flags } = await providerNamed(name, session);
  return flags.map(definition);
}

/**
 * The driver that is given as `-d NAME`, `--driver=NAME` …, or by MACHINE_DRIVER. Read from the words themselves,
 * because which flags there are depends on it.
 */
export function driverOf(
  argv: readonly string[],
  env: Readonly<Record<string, string | undefined>>,
): string | undefined {
  let name = env['MACHINE_DRIVER'] ?? '';
  for (const [at, word] of argv.entries()) {
    if (word === '--') break;
    const [, , value] = /^(-d|--?driver|--?provider)(?:=(.*))?$/s.exec(word) ?? [word];
    if (/^(-d|--?driver|--?provider)(=|$)/.test(word)) name = value ?? argv[at + 1] ?? name;
    else if (/^-d[^-=]/.test(word) && !word.startsWith('-driver')) name = word.slice(2);
  }
  return name === '' ? undefined : name;
}

function definition(flag: ProviderFlag): FlagDefinition {
  const { name, type, summary, env = [], hidden, values } = flag;
  const from = env.length === 0 ? '' : ` [${env.map((variable) => `$${variable}`).join(', ')}]`;
  return {
    name,
    type,
    ...(flag.default === undefined ? {} : { default: flag.default }),
    summary: `${summary}${from}`,
    ...(hidden === undefined ? {} : { hidden }),
    ...(values === undefined ? {} : { values }),
  };
}
