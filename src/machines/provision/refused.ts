import { MachineError } from '../machine-error.ts';
import type { Refusal } from './step.ts';

/** A refusal as the error that it is for the caller. */
export function refused(refusal: Refusal, host: string): MachineError {
  const { message, hint } = refusal;
  return new MachineError('provision', message, { host, hint, step: 'provision' });
}
