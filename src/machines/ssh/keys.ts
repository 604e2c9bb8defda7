import { readFileSync, statSync } from 'node:fs';
import { shellQuote } from '../../foundation/shell-quote.ts';
import { MachineError } from '../machine-error.ts';
import { fingerprintOf } from './known-hosts.ts';
import type { SshContext, UnlockedKey } from './ssh-context.ts';

/**
 * Reads a private key; asks for its passphrase when it has one, once for each key of a process.
 *
 * @throws MachineError `auth` for a file that cannot be used, with the reason
 */
export function unlockKey(path: string, context: SshContext): Promise<UnlockedKey> {
  const known = context.unlocked.get(path) ?? unlock(path, context);
  context.unlocked.set(path, known);
  // A wrong passphrase may be given again.
  known.catch(() => context.unlocked.delete(path));
  return known;
}

async function unlock(path: string, context: SshContext): Promise<UnlockedKey> {
  const text = readKey(path);
  const { utils } = await import('./ssh2.part.ts');
  let parsed = utils.parseKey(text);
  const locked = parsed instanceof Error && parsed.message.includes('no passphrase given');
  // With a wrong one, what comes out is no key, which has as many names as there are formats.
  for (let tries = locked ? 0 : Infinity; parsed instanceof Error && tries < Infinity; tries += 1) {
    if (context.askSecret === undefined) {
      throw unusable(
        `${path} is protected by a passphrase, and there is no terminal to ask for it on`,
        `Unlock it for this session with "ssh-add ${shellQuote(path)}".`,
      );
    }
    if (tries === 3) {
      throw unusable(
        `three wrong passphrases for ${path}`,
        `Run the command again, or unlock the key for this session with "ssh-add ${path}".`,
      );
    }
    const again = tries === 0 ? '' : 'That was not it. ';
    const passphrase = await context.askSecret(`${again}Passphrase of ${path}: `);
    parsed = utils.parseKey(text, passphrase);
  }
  if (parsed instanceof Error) {
    const reason = parsed.message;
    throw unusable(
      `${path} is no private key that can be used: ${reason}`,
      'OpenSSH and PEM files of ed25519, ECDSA and RSA keys can be.',
    );
  }
  const key = Array.isArray(parsed) ? parsed[0] : parsed;
  if (key === undefined || !key.isPrivateKey()) {
    throw unusable(`${path} is a public key`, 'Name the file without ".pub".');
  }
  const fingerprint = fingerprintOf(key.getPublicSSH());
  return { path, type: key.type, fingerprint, material: key };
}

function readKey(path: string): Buffer {
  try {
    const { mode } = statSync(path);
    if (process.platform !== 'win32' && (mode & 0o077) !== 0) {
      const octal = (mode & 0o777).toString(8).padStart(4, '0');
      throw unusable(
        `${path} may be read by others (mode ${octal}), so it is no secret`,
        `Make it yours alone with "chmod 600 ${shellQuote(path)}".`,
      );
    }
    return readFileSync(path);
  } catch (error) {
    if (error instanceof MachineError) throw error;
    const { code, message } = error as NodeJS.ErrnoException;
    const reason = code === 'ENOENT' ? 'does not exist' : `cannot be read: ${message}`;
    throw unusable(`${path} ${reason}`, undefined);
  }
}

function unusable(message: string, hint: string | undefined): MachineError {
  return new MachineError('auth', message, hint === undefined ? {} : { hint });
}
