import { appendFileSync, readFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { makeFolders } from '../../foundation/make-folders.ts';
import { shellQuote } from '../../foundation/shell-quote.ts';
import { MachineError } from '../machine-error.ts';
import {
  checkHostKey,
  fingerprintOf,
  keyType,
  keyTypeName,
  knownHostsLine,
  knownKeyTypes,
  type HostName,
  type KnownHostsFile,
} from './known-hosts.ts';
import type { SshContext } from './ssh-context.ts';
import type { SshTarget } from './ssh-host.ts';

/** Kinds of host keys, best first, as ssh2 asks for them on its own. */
const TYPES = [
  'ssh-ed25519',
  'ecdsa-sha2-nistp256',
  'ecdsa-sha2-nistp384',
  'ecdsa-sha2-nistp521',
  'rsa-sha2-512',
  'rsa-sha2-256',
  'ssh-rsa',
];

/** Kinds of keys to ask a host for: those that are known of it first, so that a known one is offered. */
export function hostKeyOrder(target: SshTarget): readonly string[] {
  const known = knownKeyTypes(filesOf(target), nameOf(target)).flatMap((type) =>
    type === 'ssh-rsa' ? ['rsa-sha2-512', 'rsa-sha2-256', 'ssh-rsa'] : [type],
  );
  return [...new Set([...known.filter((type) => TYPES.includes(type)), ...TYPES])];
}

const REVOKED =
  'Whoever has this key may be somebody else: give the host a new one, or remove the line if it is wrong.';

/** Decides about a host's key: returns when it is that of the host, and throws a MachineError `host-key` otherwise. */
export async function verifyHostKey(
  target: SshTarget,
  key: Uint8Array,
  context: SshContext,
): Promise<void> {
  const kind = keyTypeName(keyType(key));
  const fingerprint = fingerprintOf(key);
  if (isRevoked(target, key)) {
    throw refused(
      target,
      `the host key of ${target.title}, ${kind} ${fingerprint}, is revoked (${target.revokedKeys})`,
      REVOKED,
    );
  }
  const verdict = checkHostKey(filesOf(target), nameOf(target), key);
  switch (verdict.kind) {
    case 'known':
      return;
    case 'unknown':
      await acceptNew(target, key, context);
      return;
    case 'changed': {
      const { path, line } = verdict.place;
      throw refused(
        target,
        `the host key of ${target.title} has changed: it shows ${kind} ${fingerprint}, but ${keyTypeName(verdict.type)} ${verdict.fingerprint} is known (${path}:${line}). Somebody may be listening in, or the host was set up anew`,
        `If you know why it changed, forget the old key with "ssh-keygen -R ${shellQuote(spoken(target))} -f ${shellQuote(path)}" and try again.`,
      );
    }
    case 'revoked':
      throw refused(
        target,
        `the host key of ${target.title}, ${kind} ${fingerprint}, is revoked (${verdict.place.path}:${verdict.place.line})`,
        REVOKED,
      );
    case 'authority':
      throw refused(
        target,
        `${target.title} is known by a certificate authority only (@cert-authority, ${verdict.place.path}:${verdict.place.line}), and tcompose cannot check certificates of hosts`,
        `Make its key known by itself: "ssh-keyscan${target.port === 22 ? '' : ` -p ${target.port}`} ${shellQuote(target.address)} >>~/.ssh/known_hosts", and compare it with ${fingerprint}.`,
      );
  }
}

async function acceptNew(target: SshTarget, key: Uint8Array, context: SshContext): Promise<void> {
  const kind = keyTypeName(keyType(key));
  const fingerprint = fingerprintOf(key);
  const file = target.knownHosts[0];
  if (target.newHostKey === 'refuse' || (target.newHostKey === 'ask' && !context.confirm)) {
    throw refused(
      target,
      `the host key of ${target.title} is not known: it shows ${kind} ${fingerprint}`,
      target.newHostKey === 'refuse'
        ? `Add it to ${file ?? 'a known_hosts file'} after comparing it on the host ("ssh-keygen -lf /etc/ssh/ssh_host_ed25519_key.pub").`
        : `There is no terminal to ask on: connect once with "${target.command ?? `ssh ${shellQuote(`${target.user}@${target.address}`)}`}", or set "StrictHostKeyChecking accept-new" for this host in ~/.ssh/config.`,
    );
  }
  if (target.newHostKey === 'ask') {
    const question = `The authenticity of ${target.title} (${target.address}) is not known yet. Its ${kind} key is ${fingerprint}.\nConnect, and remember the key?`;
    if (!(await context.confirm?.(question))) {
      throw refused(target, `the host key of ${target.title} was not accepted`, undefined);
    }
  }
  if (file === undefined) return;
  try {
    makeFolders(dirname(file), 0o700);
    const text = filesOf(target).find(({ path }) => path === file)?.text ?? '';
    const start = text === '' || text.endsWith('\n') ? '' : '\n';
    const line = knownHostsLine(nameOf(target), key);
    appendFileSync(file, `${start}${line}\n`, { mode: 0o600 });
  } catch (error) {
    context.warn(
      `the host key of ${target.title} could not be remembered in ${file}: ${(error as Error).message}`,
    );
  }
}

/** Files that are there. In one that cannot be read, the host may be known by another key. */
function filesOf(target: SshTarget): readonly KnownHostsFile[] {
  return target.knownHosts.flatMap((path): readonly KnownHostsFile[] => {
    try {
      return [{ path, text: readFileSync(path, 'utf8') }];
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      if (code === 'ENOENT' || code === 'ENOTDIR') return [];
      throw unreadable(target, path, error);
    }
  });
}

/** Whether a key is in the list of revoked ones. As for OpenSSH, no host is trusted when that cannot be read. */
function isRevoked(target: SshTarget, key: Uint8Array): boolean {
  const { revokedKeys: path } = target;
  if (path === undefined) return false;
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (error) {
    throw unreadable(target, path, error);
  }
  if (text.startsWith('SSHKRL\n')) {
    throw refused(
      target,
      `the host key of ${target.title} cannot be checked: ${path} (RevokedHostKeys) is a KRL, which tcompose does not read`,
      'Use a file with a public key in each line for this host.',
    );
  }
  return text.split(/\s+/).includes(Buffer.from(key).toString('base64'));
}

function unreadable(target: SshTarget, path: string, error: unknown): MachineError {
  return refused(
    target,
    `the host key of ${target.title} cannot be checked: ${path} cannot be read (${(error as Error).message})`,
    `Mend it or its permissions: "ls -ld ${shellQuote(path)}" shows them.`,
  );
}

function nameOf({ hostKeyAlias, address, port }: SshTarget): HostName {
  // OpenSSH writes aliases without a port.
  return hostKeyAlias === undefined ? { name: address, port } : { name: hostKeyAlias, port: 22 };
}

function spoken(target: SshTarget): string {
  const { name, port } = nameOf(target);
  return port === 22 ? name : `[${name}]:${port}`;
}

function refused(target: SshTarget, message: string, hint: string | undefined): MachineError {
  return new MachineError('host-key', message, {
    host: target.title,
    step: 'check the host key',
    ...(hint === undefined ? {} : { hint }),
  });
}
