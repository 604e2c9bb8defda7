/** SSH keys for tests. */
import ssh2 from 'ssh2';
import { generateKey } from '../../src/machines/ssh/openssh-key.ts';

/** Both halves of a key, as files have them. */
export interface TestKeyPair {
  readonly private: string;
  readonly public: string;
}

/** Makes an ed25519 key. */
export function keyPair(comment: string, passphrase?: string): TestKeyPair {
  if (passphrase === undefined) {
    const { privateKey, publicKey } = generateKey(comment);
    return { private: privateKey, public: publicKey };
  }
  for (;;) {
    const options = { comment, passphrase, cipher: 'aes256-ctr', rounds: 16 };
    const made = ssh2.utils.generateKeyPairSync('ed25519', options);
    // One in two hundred is broken, and ssh2 itself does not read it.
    if (!(ssh2.utils.parseKey(made.private, passphrase) instanceof Error)) return made;
  }
}
