import type { FailureStyle } from '../app/failure.ts';

/**
 * How to print a failure. Read from the words themselves, because the failure may be that they could
 * not be parsed.
 */
export function failureStyle(
  argv: readonly string[],
  env: Readonly<Record<string, string | undefined>>,
): FailureStyle {
  const valueOf = (flag: string): string | undefined => {
    const at = argv.findIndex((word) => word === flag || word.startsWith(`${flag}=`));
    if (at < 0) return undefined;
    return argv[at] === flag ? argv[at + 1] : argv[at]?.slice(flag.length + 1);
  };
  return {
    json: (valueOf('--progress') ?? env['COMPOSE_PROGRESS']) === 'json',
    ansi: argv.includes('--no-ansi') ? 'never' : valueOf('--ansi'),
    verbose: argv.includes('--verbose') || argv.includes('--debug'),
  };
}
