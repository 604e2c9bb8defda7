import { readFileSync } from 'node:fs';
import { isAbsolute, join } from 'node:path';
import type { EngineError } from '../errors.ts';
import type { Bake } from './bake-file.ts';
import { buildFailure } from './build-failure.ts';
import type { ImageBuild } from './build-plan.ts';
import { parseDockerfile, type Instruction } from './dockerfile.ts';
import type { FailedVertex } from './solve-progress.ts';

const ERROR = 'ERROR: ';

/** Says which service could not be built, on which line of its Dockerfile, and what was written. */
export function bakeFailure(
  { builds, bake }: { readonly builds: readonly ImageBuild[]; readonly bake: Bake },
  report: {
    /** Exit code of the plugin. */
    readonly code: number;
    readonly messages: readonly string[];
    readonly failed: readonly FailedVertex[];
  },
): EngineError {
  const first = report.messages.findIndex((line) => line.startsWith(ERROR));
  const text = report.messages
    .slice(Math.max(0, first))
    .map((line) => (line.startsWith(ERROR) ? line.slice(ERROR.length) : line))
    .join('\n')
    .trim();
  const failed = report.failed[0];
  const build = guiltyBuild(builds, bake, failed?.name ?? '') ?? refusedBuild(builds, text);
  const { content, title } = readDockerfile(build);
  const instruction = findInstruction(content, failed?.name ?? '');
  return buildFailure({
    message: text === '' ? `failed to execute bake: exit status ${report.code}` : text,
    dockerfile: title,
    output: failed?.output ?? [],
    ...(build === undefined ? {} : { service: build.service }),
    ...(instruction === undefined ? {} : { instruction }),
  });
}

/** With several targets, names of steps begin with the target: `[web 2/3] RUN make`. */
function guiltyBuild(
  builds: readonly ImageBuild[],
  bake: Bake,
  step: string,
): ImageBuild | undefined {
  if (builds.length === 1) return builds[0];
  const target = /^\[([^\s\]]+)[\s\]]/.exec(step)?.[1];
  return builds.find(({ service }) => bake.targets[service] === target);
}

/** What a builder refuses before it begins, and which builds want it. */
const REFUSALS: readonly (readonly [RegExp, (build: ImageBuild) => boolean])[] = [
  [/^Multi-platform build is not/, ({ platforms }) => platforms.length > 1],
  [/^Attestation is not/, ({ build }) => [build.provenance, build.sbom].some(isWanted)],
  [/^Cache export is not/, ({ build }) => (build.cache_to ?? []).length > 0],
];

/** The first build that wants what was refused for all. */
function refusedBuild(builds: readonly ImageBuild[], message: string): ImageBuild | undefined {
  const wants = REFUSALS.find(([pattern]) => pattern.test(message))?.[1];
  return wants === undefined ? undefined : builds.find(wants);
}

function isWanted(attestation: string | undefined): boolean {
  return attestation !== undefined && attestation !== '' && attestation !== 'false';
}

function findInstruction(content: string, step: string): Instruction | undefined {
  const text = step.replace(/^\[[^\]]*\] /, '').replace(/\s+/g, ' ');
  return parseDockerfile(content).find(
    (instruction) => instruction.text.replace(/\s+/g, ' ') === text,
  );
}

function readDockerfile(build: ImageBuild | undefined): {
  readonly content: string;
  readonly title: string;
} {
  const {
    context = '.',
    dockerfile = 'Dockerfile',
    dockerfile_inline: inline,
  } = build?.build ?? {};
  if (inline !== undefined) return { content: inline, title: 'dockerfile_inline' };
  const title = isAbsolute(dockerfile) ? dockerfile : join(context, dockerfile);
  try {
    return { content: readFileSync(title, 'utf8'), title };
  } catch {
    // A context that is not on this machine.
    return { content: '', title };
  }
}
