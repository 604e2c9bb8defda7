import { statSync } from 'node:fs';
import { readFile, realpath } from 'node:fs/promises';
import { basename, dirname, isAbsolute, join, relative } from 'node:path';
import type { Readable } from 'node:stream';
import { compileIgnoreRules, parseDockerignore } from '../../foundation/dockerignore.ts';
import { EngineError } from '../errors.ts';
import { foreignDockerfileName, packContext } from './build-context.ts';
import type { ImageBuild } from './build-plan.ts';
import { contextSource } from './context-source.ts';
import { replaceStageNames } from './dockerfile.ts';
import { dockerfilePath, readIgnoreFile } from './ignore-file.ts';

/** What the engine's build API is given for one image. */
export interface PreparedContext {
  /** Tar archive; absent for a context that the engine fetches. */
  readonly archive?: Readable;
  readonly remote?: string;
  /** Path of the Dockerfile in the context. */
  readonly dockerfile: string;
  /** For messages. */
  readonly dockerfileTitle: string;
  /** Text of the Dockerfile, where it is known here. */
  readonly content?: string;
}

/**
 * Reads the context of a build. `images` are image references for names that the Dockerfile uses.
 * Throws an EngineError when the context or the Dockerfile is missing.
 */
export async function prepareContext(
  build: ImageBuild,
  images: Readonly<Record<string, string>>,
): Promise<PreparedContext> {
  const source = contextSource(build.build.context ?? '.');
  if (source.kind === 'remote') {
    return {
      remote: source.url,
      dockerfile: build.build.dockerfile ?? 'Dockerfile',
      dockerfileTitle: build.build.dockerfile ?? 'Dockerfile',
    };
  }
  if (source.kind !== 'directory') {
    throw new EngineError(
      'unsupported',
      `service "${build.service}": build.context: the classic builder doesn't support ${build.build.context ?? ''}`,
    );
  }
  const directory = source.path;
  if (!isDirectory(directory)) {
    throw new EngineError(
      'invalid',
      `service "${build.service}": unable to prepare context: path "${directory}" not found`,
      { hint: 'Check build.context; it is relative to the project directory.' },
    );
  }
  const found = await findDockerfile(build, directory);
  const content = replaceStageNames(found.content, images);
  const inside = found.inside !== undefined && content === found.content ? found.inside : undefined;
  const dockerfile = inside ?? foreignDockerfileName(content);
  const ignore = await readIgnoreFile(directory, found.path);
  const rules = compileIgnoreRules([
    ...parseDockerignore(ignore?.text ?? ''),
    // The engine needs them, and leaves them out itself.
    '!.dockerignore',
    `!${dockerfile}`,
  ]);
  if (!rules.ok) {
    throw new EngineError('invalid', `${ignore?.path ?? '.dockerignore'}: ${rules.error}`);
  }
  const extra: Record<string, string> =
    inside === undefined
      ? {
          [dockerfile]: content,
          '.dockerignore': `${ignore?.text ?? '.dockerignore'}\n${dockerfile}\n`,
        }
      : {};
  return {
    archive: packContext({ directory, rules: rules.value, extra }),
    dockerfile,
    dockerfileTitle: found.title,
    content,
  };
}

interface FoundDockerfile {
  readonly content: string;
  readonly title: string;
  /** Absolute; absent for one that is written in the Compose file. */
  readonly path?: string;
  /** Path in the context; absent when it is not part of it. */
  readonly inside?: string;
}

async function findDockerfile(build: ImageBuild, directory: string): Promise<FoundDockerfile> {
  const { dockerfile, dockerfile_inline: inline } = build.build;
  if (inline !== undefined) return { content: inline, title: 'dockerfile_inline' };
  const path = dockerfilePath(directory, dockerfile);
  try {
    const content = await readFile(path, 'utf8');
    const inside = relative(
      await realpath(directory),
      join(await realpath(dirname(path)), basename(path)),
    );
    const within = !inside.startsWith('..') && !isAbsolute(inside);
    return { content, title: path, path, ...(within ? { inside } : {}) };
  } catch (cause) {
    throw new EngineError(
      'invalid',
      `service "${build.service}": failed to read dockerfile: open ${path}: no such file or directory`,
      { hint: 'Check build.dockerfile; it is relative to build.context.', cause },
    );
  }
}

function isDirectory(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() === true;
}
