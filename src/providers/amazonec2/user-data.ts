import { gzipSync } from 'node:zlib';
import { limitUserData } from '../user-files.ts';

/** What EC2 takes, before it is encoded. */
const LIMIT = 16 * 1024;

/**
 * User data as the API takes it; compressed when it is long, which cloud-init understands. The same text gives the
 * same bytes, as an idempotent call needs.
 *
 * @throws ProviderError `invalid` when it is too long even so
 */
export function encodeUserData(text: string): string | undefined {
  if (text === '') return undefined;
  const bytes = Buffer.from(text);
  const sent = bytes.length > LIMIT ? gzipSync(bytes, { level: 9 }) : bytes;
  limitUserData('--amazonec2-userdata', sent, LIMIT);
  return sent.toString('base64');
}
