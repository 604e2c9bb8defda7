import { create } from '../../app/create.ts';
import { globalOptions } from '../global-options.ts';
import type { Invocation } from '../invocation.ts';
import { createRequest } from './create-request.ts';

/** Reads the flags of `create` and runs it. */
export function run(invocation: Invocation): Promise<number> {
  const request = createRequest(invocation);
  return create(invocation.session, globalOptions(invocation.global), request);
}
