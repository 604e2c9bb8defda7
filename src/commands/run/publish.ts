import { publish } from '../../app/publish.ts';
import { globalOptions } from '../global-options.ts';
import type { Invocation } from '../invocation.ts';

/** Reads the flags of `publish` and runs it. */
export function run({ flags, args, global, dryRun, session }: Invocation): Promise<number> {
  return publish(session, globalOptions(global), {
    repository: args[0] ?? '',
    resolveDigests: flags.bool('resolve-image-digests'),
    ociVersion: flags.string('oci-version'),
    withEnv: flags.bool('with-env'),
    assumeYes: flags.bool('yes'),
    app: flags.bool('app'),
    insecure: flags.bool('insecure-registry'),
    dryRun,
  });
}
