import type { ProviderContext } from './provider.ts';
import { ProviderError } from './provider-error.ts';

/** @throws ProviderError `invalid`, naming the flag, for a file of the user's that cannot be read */
export async function requireFile(
  flag: string,
  path: string | undefined,
  { readFile }: Pick<ProviderContext, 'readFile'>,
): Promise<void> {
  if (path === undefined) return;
  try {
    await readFile(path);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new ProviderError('invalid', `${flag}: cannot read ${path}: ${reason}`, {
      hint: 'Relative paths start from the working directory.',
      cause: error,
    });
  }
}

/** @throws ProviderError `invalid` when user data is longer than the cloud takes */
export function limitUserData(flag: string, userData: string | Uint8Array, limit: number): void {
  const size = Buffer.byteLength(userData);
  if (size <= limit) return;
  throw new ProviderError(
    'invalid',
    `user data has ${size} bytes, and the cloud takes no more than ${limit}`,
    { hint: `Make the file of ${flag} shorter; let it fetch what is long.` },
  );
}
