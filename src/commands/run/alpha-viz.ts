import { viz } from '../../app/viz.ts';
import { globalOptions } from '../global-options.ts';
import type { Invocation } from '../invocation.ts';

/** Reads the flags of `alpha viz` and runs it. */
export function run({ flags, global, session }: Invocation): Promise<number> {
  return viz(session, globalOptions(global), {
    image: flags.bool('image'),
    networks: flags.bool('networks'),
    ports: flags.bool('ports'),
    indentationSize: flags.int('indentation-size'),
    spaces: flags.bool('spaces'),
  });
}
