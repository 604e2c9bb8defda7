import { down } from '../../app/down.ts';
import { globalOptions } from '../global-options.ts';
import type { Invocation } from '../invocation.ts';
import { removesOrphans } from './create-request.ts';
import { UsageError } from '../usage-error.ts';

/** Reads the flags of `down` and runs it. */
export function run({ flags, args, global, dryRun, session }: Invocation): Promise<number> {
  if (flags.bool('sync-binds') && args.length > 0) {
    throw new UsageError('--sync-binds removes the copies of all services: name none');
  }
  return down(session, globalOptions(global), {
    services: args,
    removeOrphans: removesOrphans(flags, session.env),
    images: imagesToRemove(flags.string('rmi')),
    timeout: flags.givenInt('timeout'),
    volumes: flags.bool('volumes'),
    copies: flags.bool('sync-binds'),
    dryRun,
  });
}

function imagesToRemove(value: string): 'none' | 'local' | 'all' {
  if (value === '') return 'none';
  if (value === 'local' || value === 'all') return value;
  throw new UsageError(`invalid value for --rmi: ${JSON.stringify(value)}`, 'use all or local');
}
