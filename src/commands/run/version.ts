import type { Invocation } from '../invocation.ts';
import { UsageError } from '../usage-error.ts';

/** Prints the version; the pretty form starts with the program's name. */
export function run({ flags, session }: Invocation): Promise<number> {
  const format = flags.string('format');
  if (!['', 'pretty', 'json'].includes(format)) {
    throw new UsageError(
      `format value ${JSON.stringify(format)} could not be parsed`,
      'use pretty or json',
    );
  }
  if (flags.bool('short')) session.stdout.write(`${session.version}\n`);
  else if (format === 'json')
    session.stdout.write(`${JSON.stringify({ version: `v${session.version}` })}\n`);
  else session.stdout.write(`tcompose version v${session.version}\n`);
  return Promise.resolve(0);
}
