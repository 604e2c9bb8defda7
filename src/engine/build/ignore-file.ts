import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { basename, dirname, isAbsolute, join } from 'node:path';

/** An ignore file that was found. */
export interface FoundIgnoreFile {
  readonly path: string;
  readonly text: string;
}

/** The Dockerfile of a build: a lower-case name counts where the one asked for is not there. */
export function dockerfilePath(directory: string, dockerfile: string | undefined): string {
  const name = dockerfile ?? 'Dockerfile';
  const asked = isAbsolute(name) ? name : join(directory, name);
  const lower = join(dirname(asked), basename(asked).toLowerCase());
  return existsSync(asked) || !existsSync(lower) ? asked : lower;
}

/** An ignore file beside the Dockerfile and named after it comes before that of the context. */
export async function readIgnoreFile(
  directory: string,
  dockerfile: string | undefined,
): Promise<FoundIgnoreFile | undefined> {
  const candidates = [
    ...(dockerfile === undefined ? [] : [`${dockerfile}.dockerignore`]),
    join(directory, '.dockerignore'),
  ];
  const path = candidates.find((candidate) => existsSync(candidate));
  return path === undefined ? undefined : { path, text: await readFile(path, 'utf8') };
}
