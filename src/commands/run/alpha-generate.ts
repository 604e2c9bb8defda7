import { generate } from '../../app/generate.ts';
import { globalOptions } from '../global-options.ts';
import type { Invocation } from '../invocation.ts';

/** Reads the flags of `alpha generate` and runs it. */
export function run({ flags, args, global, session }: Invocation): Promise<number> {
  return generate(session, globalOptions(global), {
    containers: args,
    name: flags.string('name'),
    directory: flags.string('project-dir'),
    format: flags.string('format'),
  });
}
