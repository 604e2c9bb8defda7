import { identityOf } from '../../app/identity.ts';
import type { Invocation } from '../invocation.ts';

/** Prints the version; whatever is not `json` is the pretty form, as in Compose, which starts with the name. */
export function run({ flags, session }: Invocation): Promise<number> {
  const format = flags.string('format');
  const { title, version } = identityOf(session.programName, session.version);
  if (flags.bool('short')) session.stdout.write(`${version}\n`);
  else if (format === 'json')
    session.stdout.write(`${JSON.stringify({ version: `v${version}` })}\n`);
  else session.stdout.write(`${title} version v${version}\n`);
  return Promise.resolve(0);
}
