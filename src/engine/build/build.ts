import { realpathSync } from 'node:fs';
import type { Project, StringMap } from '../../compose/model.ts';
import type { Engine } from '../engine.ts';
import { EngineError } from '../errors.ts';
import type { OnEvent } from '../event.ts';
import { pushImages } from '../pull/push.ts';
import type { RegistryAuth } from '../pull/registry-auth.ts';
import { bakeFile, type Bake } from './bake-file.ts';
import { runBake, type BakeRunOptions } from './bake.ts';
import type { OnBuildOutput } from './build-event.ts';
import type { BuildPlan, ImageBuild } from './build-plan.ts';
import { runInOrder } from './build-order.ts';
import { findBuildx, wantsBuildKit, type Buildx, type BuildxSources } from './buildx.ts';
import { buildClassic } from './classic.ts';
import { pluginEndpoint } from './plugin-endpoint.ts';

export interface BuildOptions {
  readonly plan: BuildPlan;
  readonly auth: RegistryAuth;
  /** Where to look for the buildx plugin, and the environment of this process. */
  readonly plugins: BuildxSources;
  readonly display: BakeRunOptions['display'];
  /** Lines of output; none come with the display `none`. */
  readonly onOutput: OnBuildOutput;
  /** How many images the classic builder makes at a time; Infinity: all. */
  readonly parallel: number;
  readonly push?: boolean;
  /** Only check build definitions. */
  readonly check?: boolean;
  /** `--ssh`: id → path, empty for the agent. */
  readonly ssh?: StringMap;
  readonly builder?: string;
  readonly sbom?: string;
  readonly provenance?: string;
  /** `--memory`, bytes; only the classic builder knows it. */
  readonly memory?: number;
}

/**
 * Builds images: with BuildKit through the buildx plugin where it is installed, with the engine's
 * own build API otherwise or when DOCKER_BUILDKIT is 0. Needed images are built first, independent
 * ones side by side.
 *
 * Resolves with image → what the builder calls the result (ask the engine for its identity).
 * Throws an EngineError that names service and, for a failed step, the line of the Dockerfile.
 */
export async function buildImages(
  engine: Engine,
  project: Project,
  options: BuildOptions & { readonly onEvent: OnEvent },
  signal: AbortSignal,
): Promise<ReadonlyMap<string, string>> {
  const { onEvent } = options;
  if (options.plan.builds.length === 0) return new Map();
  const buildx = await chooseBuilder(engine, options, onEvent);
  if (buildx === undefined) return buildAllClassic(engine, project, options, signal);
  const { env } = options.plugins;
  if (options.memory !== undefined && options.memory > 0) {
    const text = '--memory is not supported by BuildKit and will be ignored';
    onEvent({ type: 'message', level: 'warning', text });
  }
  await using endpoint = await pluginEndpoint(engine);
  // Awaited here: the endpoint is taken away when this function returns.
  return await runBake(
    {
      ...options,
      builds: options.plan.builds,
      bake: describeBuilds(project, options),
      buildx,
      env: { ...env, ...endpoint.env },
    },
    onEvent,
    signal,
  );
}

/** What {@link describeBuilds} has to know; `group` are the services that are built by default. */
export type BakeDescription = Pick<BuildOptions, 'plan' | 'push' | 'check' | 'ssh'> & {
  readonly group?: ReadonlySet<string>;
};

/** The bake file that the builds amount to; for `build --print` too. */
export function describeBuilds(project: Project, options: BakeDescription): Bake {
  return bakeFile(project, options.plan.builds, {
    push: options.push ?? false,
    check: options.check ?? false,
    ...(options.ssh === undefined ? {} : { ssh: options.ssh }),
    ...(options.group === undefined ? {} : { group: options.group }),
    realDirectory: (path) => {
      try {
        return realpathSync(path);
      } catch {
        return path;
      }
    },
  });
}

async function chooseBuilder(
  { client: { server } }: Engine,
  { plugins }: BuildOptions,
  onEvent: OnEvent,
): Promise<Buildx | undefined> {
  if (!wantsBuildKit(plugins.env, server)) return undefined;
  const found = await findBuildx(plugins);
  if (found.kind === 'found') return found.buildx;
  if (found.kind === 'unusable') {
    throw new EngineError('too-old', found.reason, {
      hint: 'Update the plugin, or set DOCKER_BUILDKIT=0 to build with the classic builder.',
    });
  }
  const text = 'Docker Compose requires buildx plugin to be installed';
  onEvent({
    type: 'message',
    level: 'warning',
    text: `${text}: building with the classic builder`,
  });
  return undefined;
}

async function buildAllClassic(
  { client }: Engine,
  project: Project,
  options: BuildOptions & { readonly onEvent: OnEvent },
  signal: AbortSignal,
): Promise<ReadonlyMap<string, string>> {
  refuseFlags(options);
  const { builds } = options.plan;
  const images = new Map(builds.map(({ service, image }) => [service, image]));
  const results = new Map<string, string>();
  const one = async (build: ImageBuild, either: AbortSignal): Promise<void> => {
    const id = await buildClassic(
      client,
      {
        build,
        auth: options.auth,
        ...(options.memory === undefined ? {} : { memory: options.memory }),
        imageOf: (service) => images.get(service) ?? project.services[service]?.image ?? service,
        onOutput: (output) => {
          if (options.display === 'lines' || options.display === 'terminal')
            options.onOutput(output);
        },
      },
      options.onEvent,
      either,
    );
    results.set(build.image, id);
    if (options.push !== true || !build.named) return;
    const pushes = build.tags.map((image) => ({ image, service: build.service }));
    const { auth } = options;
    await pushImages(
      client,
      { pushes, auth, parallel: 1, ignoreFailures: false },
      options.onEvent,
      either,
    );
  };
  await runInOrder(builds, options.parallel, one, signal);
  return results;
}

function refuseFlags(options: BuildOptions): void {
  const flags = {
    '--check': options.check === true,
    '--ssh': Object.keys(options.ssh ?? {}).length > 0,
    '--builder': options.builder !== undefined,
    '--sbom': options.sbom !== undefined,
    '--provenance': options.provenance !== undefined,
  };
  const given = Object.entries(flags).find(([, present]) => present)?.[0];
  if (given === undefined) return;
  throw new EngineError('unsupported', `the classic builder doesn't support ${given}`, {
    hint: 'Install the buildx plugin (0.17 or newer) to build with BuildKit, and leave DOCKER_BUILDKIT unset.',
  });
}
