/** The binaries that tcompose is measured against: Docker Compose of two generations, buildx, the CLI. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { unpackPackage } from './debian.ts';

/** What can be asked for: where it lies in which package of which suite. */
const sources = {
  'docker-compose': ['sid', 'docker-compose'],
  'docker-compose-2.26': ['trixie', 'docker-compose'],
  'docker-buildx': ['sid', 'docker-buildx'],
  docker: ['sid', 'docker-cli'],
} as const;

/** A reference tool: `docker-compose` is 2.40 or newer, `docker-compose-2.26` the older generation. */
export type ReferenceTool = keyof typeof sources;

/** All tools that `referenceBinary` knows. */
export const referenceTools = Object.keys(sources) as readonly ReferenceTool[];

/**
 * The path of a reference tool, unpacked into the cache at first use.
 * @throws when it can be got neither from the cache nor from the Debian mirror.
 */
export async function referenceBinary(tool: ReferenceTool): Promise<string> {
  const [suite, name] = sources[tool];
  const unpacked = await unpackPackage(suite, name);
  const file = tool === 'docker' ? 'docker' : name;
  for (const folder of ['usr/libexec/docker/cli-plugins', 'usr/bin']) {
    const path = join(unpacked.root, folder, file);
    if (existsSync(path)) return path;
  }
  throw new Error(`${name} ${unpacked.version} of ${suite} contains no program ${file}`);
}
