/** Keys of tests. Those that ssh2 makes cannot be read by OpenSSH once in a few hundred times. */
import { generateKey } from '../../src/machines/ssh/openssh-key.ts';

/** A new ed25519 key: the text of its file, and its line for `authorized_keys`. */
export function newKey(comment: string): { readonly private: string; readonly public: string } {
  const { privateKey, publicKey } = generateKey(comment);
  return { private: privateKey, public: publicKey };
}
