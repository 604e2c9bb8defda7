/** What the flags before a command about machines say. */
export interface MachineOptions {
  /** Folder of the store; undefined: not given. */
  readonly storagePath: string | undefined;
  /** `auto`, `tty`, `plain`, `json`, `quiet`, or undefined when not given. */
  readonly progress: string | undefined;
  /** `never`, `always`, `auto`, or undefined when not given. */
  readonly ansi: string | undefined;
  /** Tell also what steps are busy with. */
  readonly verbose: boolean;
}
