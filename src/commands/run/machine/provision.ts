import { CommandFailure } from '../../../app/failure.ts';
import type { Invocation } from '../../invocation.ts';

const absent = (_invocation: Invocation): Promise<number> => {
  throw new CommandFailure(`not there yet`);
};
export const provision = absent;
export const upgrade = absent;
export const certificates = absent;
export const doctor = absent;
