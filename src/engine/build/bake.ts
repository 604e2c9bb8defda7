import { spawn } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { EngineError, messageOf } from '../errors.ts';
import type { OnEvent } from '../event.ts';
import type { Bake } from './bake-file.ts';
import type { OnBuildOutput } from './build-event.ts';
import { bakeFailure } from './bake-failure.ts';
import type { ImageBuild } from './build-plan.ts';
import type { Buildx } from './buildx.ts';
import { SolveProgress, type SolveStatus } from './solve-progress.ts';

export interface BakeRunOptions {
  readonly builds: readonly ImageBuild[];
  readonly bake: Bake;
  readonly buildx: Buildx;
  /** Environment of the plugin, with the DOCKER_… variables of the engine. */
  readonly env: Readonly<Record<string, string | undefined>>;
  /**
   * `lines`: output as lines of text; `json`: each of BuildKit's own reports as a line;
   * `terminal`: the plugin draws on the terminal itself; `none`: only failures.
   */
  readonly display: 'lines' | 'json' | 'terminal' | 'none';
  /** Nothing is built, so that no image is told of. */
  readonly check?: boolean;
  readonly builder?: string;
  readonly sbom?: string;
  readonly provenance?: string;
  readonly onOutput: OnBuildOutput;
}

/** Builds with `docker buildx bake`; resolves with image → digest that bake reports. */
export async function runBake(
  options: BakeRunOptions,
  onEvent: OnEvent,
  signal: AbortSignal,
): Promise<ReadonlyMap<string, string>> {
  const directory = await mkdtemp(join(tmpdir(), 'tcompose-bake-'));
  const metadata = join(directory, 'metadata.json');
  const tell = (status: 'working' | 'done' | 'error', text: string): void => {
    if (options.check === true) return;
    for (const { image } of options.builds) {
      onEvent({ type: 'progress', progress: { id: `Image ${image}`, status, text } });
    }
  };
  try {
    tell('working', 'Building');
    await run(options, metadata, signal);
    const results = await readDigests(metadata, options);
    tell('done', 'Built');
    return results;
  } catch (error) {
    if (!signal.aborted) tell('error', 'Error');
    throw error;
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
}

function bakeArguments(options: BakeRunOptions, metadata: string): string[] {
  const { bake, display, builder, sbom, provenance } = options;
  return [
    'bake',
    '--file',
    '-',
    '--progress',
    display === 'terminal' ? 'auto' : 'rawjson',
    '--metadata-file',
    metadata,
    ...bake.allow.flatMap((entry) => ['--allow', entry]),
    ...(sbom === undefined ? [] : [`--sbom=${sbom}`]),
    ...(provenance === undefined ? [] : [`--provenance=${provenance}`]),
    ...(builder === undefined ? [] : ['--builder', builder]),
  ];
}

async function run(options: BakeRunOptions, metadata: string, signal: AbortSignal): Promise<void> {
  signal.throwIfAborted();
  const { buildx, bake, display, onOutput } = options;
  const child = spawn(buildx.path, bakeArguments(options, metadata), {
    env: { ...options.env, ...bake.env },
    stdio: ['pipe', 'pipe', display === 'terminal' ? 'inherit' : 'pipe'],
  });
  // It cancels the build by itself; killing it would leave the engine building.
  const cancel = (): void => {
    child.kill('SIGINT');
  };
  signal.addEventListener('abort', cancel, { once: true });
  const ended = new Promise<number>((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code) => resolve(code ?? 1));
  });
  child.stdin?.on('error', () => undefined);
  child.stdin?.end(JSON.stringify(bake.file));
  const report = new BakeReport(display, onOutput);
  let code: number;
  try {
    [code] = await Promise.all([
      ended,
      readLines(child.stdout, (line) => onOutput({ line })),
      readLines(child.stderr, (line) => report.take(line)),
    ]);
    signal.throwIfAborted();
    if (code === 0) return;
  } catch (cause) {
    signal.throwIfAborted();
    throw new EngineError('failed', `failed to execute bake: ${messageOf(cause)}`, { cause });
  } finally {
    signal.removeEventListener('abort', cancel);
  }
  throw bakeFailure(options, { code, messages: report.messages, failed: report.failed });
}

/** What the plugin writes on standard error: reports of BuildKit, and messages of its own. */
class BakeReport {
  readonly #progress = new SolveProgress();
  readonly #display: BakeRunOptions['display'];
  readonly #onOutput: OnBuildOutput;
  readonly messages: string[] = [];

  constructor(display: BakeRunOptions['display'], onOutput: OnBuildOutput) {
    this.#display = display;
    this.#onOutput = onOutput;
  }

  get failed(): SolveProgress['failed'] {
    return this.#progress.failed;
  }

  take(line: string): void {
    const status = parseStatus(line);
    if (status === undefined) {
      this.messages.push(line);
      return;
    }
    const lines = this.#progress.push(status);
    if (this.#display === 'json') this.#onOutput({ line });
    else if (this.#display === 'lines') for (const text of lines) this.#onOutput({ line: text });
  }
}

async function readLines(
  stream: NodeJS.ReadableStream | null,
  onLine: (line: string) => void,
): Promise<void> {
  if (stream === null) return;
  for await (const line of createInterface({ input: stream, crlfDelay: Infinity })) onLine(line);
}

function parseStatus(line: string): SolveStatus | undefined {
  if (!line.startsWith('{')) return undefined;
  try {
    return JSON.parse(line) as SolveStatus;
  } catch {
    return undefined;
  }
}

type Metadata = Readonly<Record<string, { readonly 'containerimage.digest'?: string } | undefined>>;

async function readDigests(
  path: string,
  { builds, bake }: BakeRunOptions,
): Promise<ReadonlyMap<string, string>> {
  const metadata = JSON.parse(await readFile(path, 'utf8')) as Metadata;
  return new Map(
    builds.map(({ service, image }) => {
      const digest = metadata[bake.targets[service] ?? '']?.['containerimage.digest'];
      return [image, digest ?? ''];
    }),
  );
}
