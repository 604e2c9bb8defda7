import { top } from '../../app/top.ts';
import { globalOptions } from '../global-options.ts';
import type { Invocation } from '../invocation.ts';

/** Runs `top`. */
export function run({ args, global, session }: Invocation): Promise<number> {
  return top(session, globalOptions(global), args);
}
