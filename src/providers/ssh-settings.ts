import type { Provider } from './provider.ts';

/** What settings of clouds keep about SSH. */
export interface SshSettings {
  readonly sshUser: string;
  readonly sshPort: number;
  /** Private key of the user's; absent: tcompose makes one for the machine. */
  readonly keyPath?: string;
}

/** The same as SSH needs it: see `Provider.ssh`. */
export function sshOf({ sshUser, sshPort, keyPath }: SshSettings): ReturnType<Provider['ssh']> {
  return { user: sshUser, port: sshPort, ...(keyPath === undefined ? {} : { keyPath }) };
}
