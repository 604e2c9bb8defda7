/** What work on machines tells while it goes on; reporters make lines, a live display or JSON of it. */
export type MachineEvent =
  | { readonly type: 'step'; readonly machine: string; readonly text: string }
  | {
      readonly type: 'step-done';
      readonly machine: string;
      readonly text: string;
      /** Milliseconds. */
      readonly took: number;
    }
  /** What a step is busy with right now: a package that is unpacked, an address that is waited for. */
  | { readonly type: 'detail'; readonly machine: string; readonly text: string }
  | { readonly type: 'warning'; readonly machine: string; readonly text: string };

export type OnMachineEvent = (event: MachineEvent) => void;
