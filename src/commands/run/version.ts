import { identityOf } from '../../app/identity.ts';
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
  const { title, version } = identityOf(session.programName, session.version);
  if (flags.bool('short')) session.stdout.write(`${version}\n`);
  else if (format === 'json')
    session.stdout.write(`${JSON.stringify({ version: `v${version}` })}\n`);
  else session.stdout.write(`${title} version v${version}\n`);
  return Promise.resolve(0);
}
