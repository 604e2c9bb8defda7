import { attach } from '../../app/attach.ts';
import { globalOptions } from '../global-options.ts';
import type { Invocation } from '../invocation.ts';

/** Reads the flags of `attach` and runs it. */
export function run({ flags, args, global, dryRun, session }: Invocation): Promise<number> {
  return attach(session, globalOptions(global), {
    service: args[0] ?? '',
    index: flags.int('index'),
    detachKeys: flags.string('detach-keys'),
    stdin: !flags.bool('no-stdin'),
    proxySignals: flags.bool('sig-proxy'),
    dryRun,
  });
}
