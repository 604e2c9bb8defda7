import { build } from '../../app/build.ts';
import { globalOptions } from '../global-options.ts';
import type { Invocation } from '../invocation.ts';

/** Reads the flags of `build` and runs it. */
export function run({ flags, args, global, dryRun, session }: Invocation): Promise<number> {
  return build(session, globalOptions(global), {
    services: args,
    args: flags.list('build-arg'),
    builder: flags.given('builder'),
    check: flags.bool('check'),
    memory: flags.givenInt('memory'),
    noCache: flags.bool('no-cache'),
    print: flags.bool('print'),
    progress: flags.given('progress'),
    provenance: flags.given('provenance'),
    pull: flags.bool('pull'),
    push: flags.bool('push'),
    quiet: flags.bool('quiet'),
    sbom: flags.given('sbom'),
    ssh: flags.given('ssh'),
    withDependencies: flags.bool('with-dependencies'),
    dryRun,
  });
}
