import { showPlan } from '../../app/plan.ts';
import { UsageError } from '../usage-error.ts';
import { globalOptions } from '../global-options.ts';
import type { Invocation } from '../invocation.ts';
import { createRequest } from './create-request.ts';

/** Reads the flags of `plan` and runs it. */
export function run(invocation: Invocation): Promise<number> {
  const { flags, session, global } = invocation;
  return showPlan(session, globalOptions(global), {
    ...createRequest(invocation),
    format: planFormat(flags.string('format')),
    down: flags.bool('down'),
  });
}

function planFormat(value: string): 'table' | 'text' | 'json' {
  if (value === 'table' || value === 'text' || value === 'json') return value;
  throw new UsageError(
    `unsupported --format value ${JSON.stringify(value)}`,
    'use table, text or json',
  );
}
