import { isProviderError } from '../../providers/provider-error.ts';
import type { MachineContext } from '../machine-context.ts';
import { isMachineError } from '../machine-error.ts';
import type { MachineRecord } from '../store/machine-record.ts';

/** Milliseconds for which a machine is waited for that is being worked on. */
export const IMPORT_LOCK = 10_000;

/** Begin of the tokens of machines that were rebuilt from what their accounts tell of them. */
const FROM_ACCOUNT = 'imported-';

/** Token of a machine that is rebuilt from its instance. */
export function importedToken(instanceId: string): string {
  return `${FROM_ACCOUNT}${instanceId}`;
}

/** True for machines of which no more is known than what their accounts tell. */
export function isImported({ token }: Pick<MachineRecord, 'token'>): boolean {
  return token.startsWith(FROM_ACCOUNT);
}

/** What came of the import of one machine. */
export type ImportedMachine =
  | {
      readonly name: string;
      readonly done: true;
      readonly record: MachineRecord;
      /** What the user should know, in one sentence. */
      readonly remark?: string;
    }
  | { readonly name: string; readonly done: false; readonly reason: string };

/** The import of one of several machines: what keeps one out is told, and does not keep out others. */
export async function importOfOne(
  { signal }: Pick<MachineContext, 'signal'>,
  name: string,
  work: () => Promise<ImportedMachine>,
): Promise<ImportedMachine> {
  try {
    return await work();
  } catch (error) {
    signal.throwIfAborted();
    if (!isMachineError(error) && !isProviderError(error)) throw error;
    return { name, done: false, reason: error.message };
  }
}
