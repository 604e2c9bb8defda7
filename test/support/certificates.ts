/**
 * Certificates for TLS tests, valid for a hundred years unless their name says otherwise. `ca` signed
 * all of them: `engine` is for localhost, `elsewhere` for another name, `client` is for clients,
 * `encrypted` is the client's key with a password. `other-ca` signed none.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { checkout } from './debian.ts';

/** Content of `NAME.pem`. */
export function pem(
  name:
    | 'ca'
    | 'other-ca'
    | 'encrypted-key'
    | `${'engine' | 'elsewhere' | 'expired' | 'client'}-${'cert' | 'key'}`,
): string {
  return readFileSync(join(checkout, 'test/support/certificates', `${name}.pem`), 'utf8');
}
