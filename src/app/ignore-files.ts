import type { Project } from '../compose/model.ts';
import { contextSource } from '../engine/build/context-source.ts';
import { dockerfilePath, readIgnoreFile } from '../engine/build/ignore-file.ts';
import type { IgnoreFile } from '../scheduler/watch-filter.ts';

/** The ignore files that builds of services use, by service. */
export async function ignoreFiles(project: Project): Promise<Readonly<Record<string, IgnoreFile>>> {
  const found: Record<string, IgnoreFile> = {};
  for (const { name, build } of Object.values(project.services)) {
    if (build === undefined) continue;
    const source = contextSource(build.context ?? project.workingDir);
    if (source.kind !== 'directory') continue;
    const directory = source.path;
    const dockerfile =
      build.dockerfile_inline === undefined
        ? dockerfilePath(directory, build.dockerfile)
        : undefined;
    const file = await readIgnoreFile(directory, dockerfile);
    if (file !== undefined) found[name] = { directory, text: file.text };
  }
  return found;
}
