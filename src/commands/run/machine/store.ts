import { CommandFailure } from '../../../app/failure.ts';
import type { Invocation } from '../../invocation.ts';

const absent = (_invocation: Invocation): Promise<number> => {
  throw new CommandFailure(`not there yet`);
};
export const apply = absent;
export const gc = absent;
export const importMachines = absent;
export const exportMachines = absent;
export const authorize = absent;
