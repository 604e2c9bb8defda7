import type { MachineContext } from '../machine-context.ts';
import { isMachineError, MachineError } from '../machine-error.ts';
import type { SshHost } from '../ssh/ssh-host.ts';
import { privateKeyPath, type MachineRecord } from '../store/machine-record.ts';
import type { MachineFolder } from '../store/machine-store.ts';
import { messageOf } from './accounts.ts';
import {
  changeAuthorizedKeys,
  listAuthorizedKeys,
  type AuthorizedKey,
  type KeyChange,
} from './authorized-keys.ts';
import { userPublicKey } from './ssh-keys.ts';
import { withHost } from './with-host.ts';

/** Relative to the home directory, in which SFTP begins. */
const FILE = '.ssh/authorized_keys';
/** Milliseconds that a command on the host may take. */
const TIME = 30_000;

export interface AuthorizedKeys {
  readonly keys: readonly AuthorizedKey[];
  /** False: it was so already. */
  readonly changed: boolean;
}

/**
 * Lets a colleague's key in, takes it out, or (without a change) lists the keys that are let in. A new connection
 * must succeed afterwards; otherwise the file is put back as it was.
 */
export async function authorizeKey(
  context: MachineContext,
  name: string,
  change?: KeyChange,
): Promise<AuthorizedKeys> {
  const { store, signal } = context;
  return store.withMachine(name, { create: false, timeout: Infinity, signal }, async (folder) => {
    const record = await folder.read();
    if (record?.address === undefined) {
      throw new MachineError('wrong-state', `machine ${name} has no address yet`);
    }
    return withHost(context, { record, path: folder.path }, async (host) => {
      const before = await readKeys(host, signal);
      if (change === undefined) return { keys: listAuthorizedKeys(before), changed: false };
      const own = await ownPublicKey(folder, record);
      const after = changeAuthorizedKeys(before, change, own);
      const keys = listAuthorizedKeys(after);
      if (after === before) return { keys, changed: false };
      await host.run(['mkdir', '-p', '-m', '700', '.ssh'], { signal, timeout: TIME });
      await host.writeFile(FILE, after, { mode: 0o600, signal });
      await verify(context, folder, { record, host, before });
      return { keys, changed: true };
    });
  });
}

async function readKeys(host: SshHost, signal: AbortSignal): Promise<string> {
  try {
    return new TextDecoder().decode(await host.readFile(FILE, signal));
  } catch (error) {
    if (isMachineError(error, 'not-found')) return '';
    const { stdout } = await host.run(['sh', '-c', `test -e ${FILE} || echo missing`], {
      signal,
      timeout: TIME,
    });
    if (stdout.trim() === 'missing') return '';
    throw error;
  }
}

/** The key with which we get in; undefined: one of an agent's. */
async function ownPublicKey(
  folder: MachineFolder,
  { ssh }: MachineRecord,
): Promise<string | undefined> {
  const path = privateKeyPath(ssh, folder.path);
  return path === undefined ? undefined : userPublicKey(path).catch(() => undefined);
}

async function verify(
  context: MachineContext,
  folder: MachineFolder,
  given: { readonly record: MachineRecord; readonly host: SshHost; readonly before: string },
): Promise<void> {
  const { record, host, before } = given;
  try {
    await withHost(context, { record, path: folder.path }, (again) =>
      again.connect(context.signal),
    );
  } catch (error) {
    const reason = messageOf(error);
    // The open connection is the last chance, also after an interrupt.
    const signal = AbortSignal.timeout(TIME);
    await host.writeFile(FILE, before, { mode: 0o600, signal }).catch((failure: unknown) => {
      throw new MachineError(
        'auth',
        `${record.name} did not let tcompose in after the change (${reason}), which could not be taken back: ${messageOf(failure)}`,
        {
          host: record.name,
          step: 'verify',
          hint: `Look at ${FILE} on the host by another way in, such as the console of the provider.`,
          cause: failure,
        },
      );
    });
    throw new MachineError(
      'auth',
      `${record.name} did not let tcompose in after the change, which was taken back: ${reason}`,
      { host: record.name, step: 'verify', cause: error },
    );
  }
}
