import { listImages } from '../../app/list-images.ts';
import { globalOptions } from '../global-options.ts';
import type { Invocation } from '../invocation.ts';

/** Reads the flags of `images` and runs it. */
export function run({ flags, args, global, session }: Invocation): Promise<number> {
  return listImages(session, globalOptions(global), {
    services: args,
    format: flags.string('format'),
    quiet: flags.bool('quiet'),
  });
}
