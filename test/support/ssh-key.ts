import ssh2 from 'ssh2';

export interface SshKey {
  readonly private: string;
  /** One line. */
  readonly public: string;
}

/**
 * An ed25519 key pair in the form of OpenSSH, locked when there is a passphrase. ssh2 makes one in two hundred that it
 * cannot read itself: those are made again.
 */
export function makeSshKey(comment: string, passphrase?: string): SshKey {
  for (;;) {
    const pair = ssh2.utils.generateKeyPairSync('ed25519', {
      comment,
      ...(passphrase === undefined ? {} : { passphrase, cipher: 'aes256-ctr', rounds: 16 }),
    });
    if (!(ssh2.utils.parseKey(pair.private, passphrase) instanceof Error)) return pair;
  }
}
