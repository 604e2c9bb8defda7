import { MachineError } from '../machine-error.ts';

/** A line of `authorized_keys` that lets somebody in. */
export interface AuthorizedKey {
  readonly type: string;
  /** The key itself, in base64. */
  readonly blob: string;
  readonly comment: string;
  /** `from="…",no-pty`; empty: none. */
  readonly options: string;
}

const KEY = /(?:^|\s)((?:ssh|ecdsa|sk)-[\w@.-]+)\s+([A-Za-z0-9+/]{40,}={0,2})(?:\s+(.*))?$/;

/** Reads one line; undefined: a comment, an empty line, or nothing that sshd would take. */
export function parseKeyLine(line: string): AuthorizedKey | undefined {
  const text = line.trim();
  if (text === '' || text.startsWith('#')) return undefined;
  const match = KEY.exec(text);
  if (match === null) return undefined;
  const [, type = '', blob = '', comment = ''] = match;
  return { type, blob, comment: comment.trim(), options: text.slice(0, match.index).trim() };
}

/** The keys of a file. */
export function listAuthorizedKeys(text: string): readonly AuthorizedKey[] {
  return text
    .split('\n')
    .map(parseKeyLine)
    .filter((key) => key !== undefined);
}

export type KeyChange =
  | { readonly do: 'add'; readonly key: string }
  /** A public key, or its comment. */
  | { readonly do: 'remove'; readonly key: string };

/**
 * The file after a change; the same text: it is so already. Everything else in it stays as it is.
 *
 * @param own the key with which tcompose gets in
 * @throws MachineError `invalid` for what is no public key, or would lock us out; `not-found` for an unknown one
 */
export function changeAuthorizedKeys(
  text: string,
  change: KeyChange,
  own: string | undefined,
): string {
  return change.do === 'add' ? addKey(text, change.key) : removeKey(text, change.key, own);
}

function addKey(text: string, key: string): string {
  const given = parseKeyLine(key);
  if (given === undefined) throw noKey(key);
  if (given.options !== '') {
    throw new MachineError('invalid', 'a key that is added must not have options in front of it', {
      hint: 'edit ~/.ssh/authorized_keys on the host for that',
    });
  }
  if (listAuthorizedKeys(text).some(({ blob }) => blob === given.blob)) return text;
  const line = `${given.type} ${given.blob}${given.comment === '' ? '' : ` ${given.comment}`}\n`;
  return text === '' || text.endsWith('\n') ? text + line : `${text}\n${line}`;
}

/** @param which the key itself, or its comment */
function removeKey(text: string, which: string, own: string | undefined): string {
  const given = parseKeyLine(which);
  const known = listAuthorizedKeys(text);
  const wanted = ({ blob, comment }: AuthorizedKey): boolean =>
    given === undefined ? comment === which.trim() : blob === given.blob;
  const removed = known.filter(wanted);
  if (removed.length === 0) {
    // Taken out already.
    if (given !== undefined) return text;
    throw new MachineError('not-found', `no key has the comment ${JSON.stringify(which)}`, {
      hint: `keys that are let in: ${known.map(({ comment }) => comment || '(without comment)').join(', ')}`,
    });
  }
  if (given === undefined && removed.length > 1) {
    throw new MachineError(
      'invalid',
      `${removed.length} keys have the comment ${JSON.stringify(which)}`,
      { hint: 'give the public key itself' },
    );
  }
  refuseLockout(known, removed, own);
  return text
    .split('\n')
    .filter((line) => {
      const key = parseKeyLine(line);
      return key === undefined || !wanted(key);
    })
    .join('\n');
}

function refuseLockout(
  known: readonly AuthorizedKey[],
  removed: readonly AuthorizedKey[],
  own: string | undefined,
): void {
  const ownBlob = own === undefined ? undefined : parseKeyLine(own)?.blob;
  if (ownBlob !== undefined && removed.some(({ blob }) => blob === ownBlob)) {
    throw new MachineError('invalid', 'that is the key with which tcompose itself gets in', {
      hint: 'without it the machine could not be reached any more',
    });
  }
  if (known.length === removed.length) {
    throw new MachineError('invalid', 'that is the only key that is let in', {
      hint: 'authorize another one first',
    });
  }
}

function noKey(text: string): MachineError {
  const isPrivate = text.includes('PRIVATE KEY');
  return new MachineError(
    'invalid',
    isPrivate ? 'that is a private key, which nobody else should see' : 'that is no public SSH key',
    { hint: 'give the content of a file such as ~/.ssh/id_ed25519.pub' },
  );
}
