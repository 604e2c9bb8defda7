import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { NO_SWARM, type SwarmOptions } from '../../output/machine/legacy-options.ts';

/** Beside a machine's record: what only docker-machine had a use for. */
export const LEGACY_FILE = 'docker-machine.json';

/** What was said about Swarm v1 when the machine was created; a file that cannot be read says nothing. */
export async function readSwarm(folder: string): Promise<SwarmOptions> {
  try {
    const text = await readFile(join(folder, LEGACY_FILE), 'utf8');
    const { swarm = {} } = JSON.parse(text) as { readonly swarm?: Partial<SwarmOptions> };
    return { ...NO_SWARM, ...swarm };
  } catch {
    return NO_SWARM;
  }
}

/** What {@link readSwarm} reads. */
export function legacyText(swarm: SwarmOptions): string {
  return `${JSON.stringify({ swarm }, undefined, 2)}\n`;
}
