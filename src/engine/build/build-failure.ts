import { EngineError, type EngineErrorKind } from '../errors.ts';
import type { Instruction } from './dockerfile.ts';

export interface BuildFault {
  /** Absent when it is not known which of several it was. */
  readonly service?: string;
  /** What the builder said. */
  readonly message: string;
  /** Dockerfile as the user knows it. */
  readonly dockerfile: string;
  readonly instruction?: Instruction;
  /** How the command of the instruction ended; 0 or absent: it is not about that. */
  readonly exitCode?: number;
  /** Last lines of output of the instruction. */
  readonly output: readonly string[];
  readonly cause?: unknown;
}

const TAIL = 10;

const ANOTHER_BUILDER =
  'an engine that keeps images in containerd ("features": {"containerd-snapshotter": true} in its daemon.json), or a builder of another driver ("docker buildx create")';

const HINTS: readonly {
  readonly pattern: RegExp;
  readonly kind: EngineErrorKind;
  readonly hint: string;
}[] = [
  {
    pattern: /no space left on device|disk quota exceeded/i,
    kind: 'disk-full',
    hint: 'Free space on the engine\'s disk: "docker system df" shows what uses it, "docker builder prune" removes build cache.',
  },
  {
    pattern: /Multi-platform build is not supported/,
    kind: 'unsupported',
    hint: `Several "platforms:" in "build:" need ${ANOTHER_BUILDER}.`,
  },
  {
    pattern: /Attestation is not supported/,
    kind: 'unsupported',
    hint: `"provenance:" and "sbom:" in "build:" need ${ANOTHER_BUILDER}.`,
  },
  {
    pattern: /Cache export is not supported/,
    kind: 'unsupported',
    hint: `"cache_to:" in "build:" needs ${ANOTHER_BUILDER}.`,
  },
  {
    pattern: /buildkit-syft-scanner/,
    kind: 'failed',
    hint: '"sbom:" needs an image that scans what was built: let the engine reach the registry that has it, or name another with "sbom: generator=IMAGE".',
  },
  {
    pattern: /unsupported frontend capability moby\.buildkit\.frontend\.contexts/,
    kind: 'too-old',
    hint: 'BuildKit of this engine knows no additional contexts: update to Docker 23 or newer, or set DOCKER_BUILDKIT=0, with which contexts that are services or images work.',
  },
  {
    pattern: /unsupported request frontend\.lint/,
    kind: 'too-old',
    hint: 'BuildKit of this engine cannot check builds: update to Docker 25 or newer, or let it fetch a newer Dockerfile frontend.',
  },
];

/** Says which line of which Dockerfile failed, with the last lines that it wrote. */
export function buildFailure(fault: BuildFault): EngineError {
  const { service, message, dockerfile, instruction, exitCode = 0, output, cause } = fault;
  const known = HINTS.find(({ pattern }) => pattern.test(`${message}\n${output.join('\n')}`));
  const lines = [
    service === undefined
      ? `failed to build: ${message}`
      : `service "${service}": failed to build: ${message}`,
  ];
  if (instruction !== undefined) {
    lines.push(`${dockerfile}:${instruction.line}: ${instruction.text}`);
  }
  lines.push(...output.slice(-TAIL).map((line) => `  | ${line}`));
  return new EngineError(known?.kind ?? 'failed', lines.join('\n'), {
    ...(cause === undefined ? {} : { cause }),
    ...(known === undefined ? {} : { hint: known.hint }),
    ...(exitCode === 0 ? {} : { exitCode }),
  });
}
