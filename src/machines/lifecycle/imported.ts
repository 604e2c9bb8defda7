import type { MachineRecord } from '../store/machine-record.ts';

/** Milliseconds for which a machine is waited for that is being worked on. */
export const IMPORT_LOCK = 10_000;

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
