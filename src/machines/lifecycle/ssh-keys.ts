import { readFile, stat } from 'node:fs/promises';
import { MachineError } from '../machine-error.ts';
import type { MachineFolder } from '../store/machine-store.ts';
import { generateKey, publicKeyOf, type KeyPair } from './openssh-key.ts';

/** Private key of a machine, in its folder. */
export const KEY_FILE = 'id_ed25519';
/** Private host key of a machine that is being made; removed once it is. */
const HOST_KEY_FILE = 'host_ed25519';
export const KNOWN_HOSTS_FILE = 'known_hosts';

/** A key pair in a machine's folder, which is made when there is none. */
async function ownKey(folder: MachineFolder, file: string, comment: string): Promise<KeyPair> {
  const publicKey = await folder.readFile(`${file}.pub`);
  const privateKey = await folder.readFile(file);
  if (publicKey !== undefined && privateKey !== undefined) {
    return { privateKey, publicKey: publicKey.trim() };
  }
  const made = generateKey(comment);
  await folder.writeFile(file, made.privateKey);
  // Written last: with it, the pair is complete.
  await folder.writeFile(`${file}.pub`, `${made.publicKey}\n`);
  return made;
}

/** The key that lets tcompose into a machine, made when there is none. */
export function machineKey(folder: MachineFolder): Promise<KeyPair> {
  return ownKey(folder, KEY_FILE, `tcompose-${folder.name}`);
}

/**
 * The host key of a machine that is being made. It is chosen by us and known before the first connection: nobody can
 * come in between.
 */
export async function machineHostKey(folder: MachineFolder, alias: string): Promise<KeyPair> {
  const key = await ownKey(folder, HOST_KEY_FILE, folder.name);
  const [type = '', blob = ''] = key.publicKey.split(' ');
  await folder.writeFile(KNOWN_HOSTS_FILE, `${alias} ${type} ${blob}\n`);
  return key;
}

/** Removes the private half of the host key, which only the host needs from now on. */
export async function forgetHostKey(folder: MachineFolder): Promise<void> {
  await folder.removeFile(HOST_KEY_FILE);
  await folder.removeFile(`${HOST_KEY_FILE}.pub`);
}

/** Removes all keys, so that what is made anew has new ones. */
export async function forgetKeys(folder: MachineFolder): Promise<void> {
  await forgetHostKey(folder);
  for (const file of [`${KEY_FILE}.pub`, KEY_FILE, KNOWN_HOSTS_FILE]) await folder.removeFile(file);
}

/**
 * Public half of a private key of the user's: from `PATH.pub`, or out of the key itself.
 *
 * @throws MachineError `invalid`: missing, readable by others, no key, encrypted without a `.pub`
 */
export async function userPublicKey(path: string): Promise<string> {
  const text = await readPrivateKey(path);
  const beside = (await readFile(`${path}.pub`, 'utf8').catch(() => '')).trim();
  if (isPublicKey(beside)) return beside;
  const inside = publicKeyOf(text);
  if (inside !== undefined) return inside;
  throw new MachineError('invalid', `${path} is no private key that can be read`, {
    hint: `if it has a passphrase, its public half is needed: ssh-keygen -y -f ${path} > ${path}.pub`,
  });
}

/** Text of a private key that only its owner can read. */
async function readPrivateKey(path: string): Promise<string> {
  try {
    const { mode } = await stat(path);
    if (process.platform !== 'win32' && (mode & 0o077) !== 0) {
      const octal = (mode & 0o777).toString(8).padStart(4, '0');
      throw new MachineError(
        'invalid',
        `permissions ${octal} of the SSH key ${path} are too open`,
        {
          hint: `chmod 600 ${path}`,
        },
      );
    }
    return await readFile(path, 'utf8');
  } catch (error) {
    if (error instanceof MachineError) throw error;
    throw new MachineError('invalid', unreadable(path, error as NodeJS.ErrnoException), {
      hint: 'name another private key, or none: tcompose makes one for the machine',
      cause: error,
    });
  }
}

/** Why a key cannot be read; that it is missing in the words of docker-machine. */
function unreadable(path: string, { code, message }: NodeJS.ErrnoException): string {
  if (code === 'ENOENT') return `SSH key does not exist: ${JSON.stringify(path)}`;
  return `the SSH key ${path} cannot be read: ${code === 'EACCES' ? 'permission denied' : message}`;
}

/** One line of an OpenSSH public key file. */
export function isPublicKey(text: string): boolean {
  return /^(ssh-|ecdsa-|sk-)[\w@.-]+ [A-Za-z0-9+/]{40,}={0,2}( [^\n]*)?$/.test(text);
}
