import { createGzip } from 'node:zlib';
import { pipeline, type Readable } from 'node:stream';
import type { EngineClient } from '../client.ts';
import type { OnEvent } from '../event.ts';
import { jsonLines } from '../json-lines.ts';
import { layerProgress, type StreamMessage } from '../pull/layer-progress.ts';
import { encodeAuth, type RegistryAuth } from '../pull/registry-auth.ts';
import type { OnBuildOutput } from './build-event.ts';
import { buildFailure } from './build-failure.ts';
import type { ImageBuild } from './build-plan.ts';
import { checkClassicSupport, imageContexts } from './classic-support.ts';
import { parseDockerfile, type Instruction } from './dockerfile.ts';
import { prepareContext, type PreparedContext } from './prepared-context.ts';

/** Which builder made an image. */
const BUILDER_LABEL = 'com.docker.compose.image.builder';

export interface ClassicOptions {
  readonly auth: RegistryAuth;
  /** `--memory`, bytes. */
  readonly memory?: number;
  /** Image of another service of the project. */
  readonly imageOf: (service: string) => string;
  readonly onOutput: OnBuildOutput;
}

/** Builds one image by the engine's own build API; resolves with the image's id. */
export async function buildClassic(
  client: EngineClient,
  { build, ...options }: ClassicOptions & { readonly build: ImageBuild },
  onEvent: OnEvent,
  signal: AbortSignal,
): Promise<string> {
  for (const text of checkClassicSupport(build)) {
    onEvent({ type: 'message', level: 'warning', text });
  }
  const id = `Image ${build.image}`;
  const context = await prepareContext(build, imageContexts(build, options.imageOf));
  onEvent({ type: 'progress', progress: { id, status: 'working', text: 'Building' } });
  try {
    const image = await send(client, { build, context, ...options }, onEvent, signal);
    onEvent({ type: 'progress', progress: { id, status: 'done', text: 'Built' } });
    return image;
  } catch (error) {
    signal.throwIfAborted();
    onEvent({ type: 'progress', progress: { id, status: 'error', text: 'Error' } });
    throw error;
  }
}

async function send(
  client: EngineClient,
  options: ClassicOptions & { readonly build: ImageBuild; readonly context: PreparedContext },
  onEvent: OnEvent,
  signal: AbortSignal,
): Promise<string> {
  const { build, context, onOutput } = options;
  const credentials = await options.auth.all();
  const archive = context.archive === undefined ? undefined : compress(client, context.archive);
  const stream = await client.open(
    {
      method: 'POST',
      path: '/build',
      query: classicQuery(build, { ...context, ...options }),
      headers: {
        'X-Registry-Config': encodeAuth(credentials),
        'Content-Type': 'application/x-tar',
      },
      ...(archive === undefined ? {} : { archive }),
      resource: `image ${build.image}`,
    },
    signal,
  );
  const trail = new StepTrail();
  let image = '';
  for await (const message of jsonLines<StreamMessage>(stream)) {
    const fault = message.errorDetail?.message ?? message.error;
    if (fault !== undefined) {
      for (const line of trail.end()) onOutput({ line });
      throw buildFailure({
        service: build.service,
        message: fault,
        dockerfile: context.dockerfileTitle,
        // The classic builder hands on how the command ended, and the reference ends so as well.
        exitCode: message.errorDetail?.code ?? 0,
        output: trail.output,
        ...trail.instruction(parseDockerfile(context.content ?? '')),
      });
    }
    const { ID: built } = (message.aux ?? {}) as { readonly ID?: string };
    if (built !== undefined) image = built;
    const progress = layerProgress(`Image ${build.image}`, message);
    if (progress !== undefined) onEvent({ type: 'progress', progress });
    for (const line of trail.push(message.stream ?? '')) onOutput({ line });
  }
  return image;
}

/** Query of `POST /build`. */
export function classicQuery(
  build: ImageBuild,
  options: { readonly dockerfile: string; readonly remote?: string; readonly memory?: number },
): Record<string, string | number | boolean | readonly string[] | undefined> {
  const { build: keys } = build;
  const hosts = Object.entries(keys.extra_hosts ?? {}).flatMap(([host, addresses]) =>
    addresses.map((address) => `${host}:${address}`),
  );
  const ulimits = Object.entries(keys.ulimits ?? {}).map(([name, { single, soft, hard }]) => ({
    Name: name,
    Soft: single ?? soft ?? 0,
    Hard: single ?? hard ?? 0,
  }));
  return {
    t: build.tags,
    dockerfile: options.dockerfile,
    remote: options.remote,
    rm: true,
    forcerm: true,
    nocache: build.noCache || undefined,
    pull: build.pull ? 'true' : undefined,
    buildargs: JSON.stringify(build.args),
    labels: JSON.stringify({ ...build.labels, [BUILDER_LABEL]: 'classic' }),
    cachefrom: keys.cache_from === undefined ? undefined : JSON.stringify(keys.cache_from),
    extrahosts: hosts.length === 0 ? undefined : hosts,
    networkmode: keys.network,
    target: keys.target,
    shmsize: keys.shm_size,
    ulimits: ulimits.length === 0 ? undefined : JSON.stringify(ulimits),
    memory: options.memory,
    platform: build.platforms[0],
    isolation: keys.isolation,
  };
}

/** Compressing is worth it only when the archive leaves this machine. */
function compress(client: EngineClient, archive: Readable): Readable {
  if (client.address.startsWith('unix:')) return archive;
  const gzip = createGzip({ level: 1 });
  pipeline(archive, gzip, () => undefined);
  return gzip;
}

/** What the builder itself says between the lines of commands. */
const OF_THE_BUILDER = /^(?: ---> |Removing intermediate container )/;

/** Follows which step of a Dockerfile is being run, and what it wrote. */
class StepTrail {
  #rest = '';
  #step = 0;
  #text = '';
  output: string[] = [];

  /** Takes what the engine streamed; returns the lines that are complete. */
  push(text: string): string[] {
    // A command that left its last line open does not write what the builder says next.
    const open = this.#rest !== '' && OF_THE_BUILDER.test(text) ? '\n' : '';
    const lines = `${this.#rest}${open}${text}`.split('\n');
    this.#rest = lines.pop() ?? '';
    for (const line of lines) {
      const step = /^Step (\d+)\/\d+ : (.*)$/.exec(line);
      if (step !== null) {
        this.#step = Number(step[1]);
        this.#text = step[2] ?? '';
        this.output = [];
      } else if (!OF_THE_BUILDER.test(line)) {
        this.output.push(line);
      }
    }
    return lines;
  }

  /** The last line, if it was left without a break. */
  end(): string[] {
    return this.#rest === '' ? [] : this.push('\n');
  }

  /** The instruction of the current step. */
  instruction(instructions: readonly Instruction[]): { readonly instruction?: Instruction } {
    const instruction = instructions[this.#step - 1];
    const keyword = this.#text.split(/\s/)[0]?.toUpperCase();
    return instruction !== undefined && instruction.keyword === keyword ? { instruction } : {};
  }
}
