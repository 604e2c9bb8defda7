import { CommandFailure } from './failure.ts';
import type { GlobalOptions } from './global-options.ts';
import type { Session } from './session.ts';

/**
 * How much may go on at a time: `--parallel`, else COMPOSE_PARALLEL_LIMIT; undefined: neither says
 * so, or there is to be no bound.
 */
export function askedParallelism(session: Session, global: GlobalOptions): number | undefined {
  const variable = session.env['COMPOSE_PARALLEL_LIMIT'] ?? '';
  const asked = global.parallel ?? (variable === '' ? -1 : Number(variable));
  if (!Number.isInteger(asked)) {
    throw new CommandFailure(`COMPOSE_PARALLEL_LIMIT must be an integer (found: "${variable}")`);
  }
  return asked > 0 ? asked : undefined;
}
