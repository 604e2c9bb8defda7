/** An engine that keeps images in containerd, a registry beside it, and both tools on one project. */
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { EngineApi } from './api.ts';
import { type Finished, run, succeed } from './command.ts';
import { checkout } from './debian.ts';
import { containerdStore, startEngine, stopEngine, type TestEngine } from './engine.ts';
import { importTestImages } from './images.ts';
import { referenceBinary } from './reference.ts';
import { startDockerRegistry, type TestRegistry } from './registry.ts';

/** An image as this store knows it: an index over manifests, or one manifest. */
export interface StoredImage {
  readonly Id: string;
  readonly Manifests: readonly {
    readonly ID: string;
    readonly Kind: 'image' | 'attestation';
    readonly Available: boolean;
    readonly ImageData?: { readonly Platform: { readonly architecture: string } };
  }[];
}

export class ContainerdStore implements AsyncDisposable {
  readonly engine: TestEngine;
  readonly registry: TestRegistry;
  readonly api: EngineApi;
  readonly folder: string;
  readonly #compose: string;
  readonly #buildx: string;

  /** Starts all of it; the installed Compose is the reference, and builds go through buildx. */
  static async open(): Promise<ContainerdStore> {
    const engine = await startEngine('28', { daemon: containerdStore });
    await importTestImages(engine.api);
    const [registry, compose, buildx] = await Promise.all([
      startDockerRegistry(engine.enter, 5900),
      referenceBinary('docker-compose'),
      referenceBinary('docker-buildx'),
    ]);
    return new ContainerdStore({ engine, registry, compose, buildx });
  }

  private constructor(parts: {
    readonly engine: TestEngine;
    readonly registry: TestRegistry;
    readonly compose: string;
    readonly buildx: string;
  }) {
    this.engine = parts.engine;
    this.registry = parts.registry;
    this.#compose = parts.compose;
    this.#buildx = parts.buildx;
    this.api = new EngineApi(parts.engine.socket, '1.48');
    this.folder = mkdtempSync(join(tmpdir(), 'tcstore-'));
    const plugins = join(this.folder, 'config/cli-plugins');
    mkdirSync(plugins, { recursive: true });
    symlinkSync(this.#buildx, join(plugins, 'docker-buildx'));
    symlinkSync(this.#compose, join(plugins, 'docker-compose'));
    const auth = Buffer.from('bob:secret').toString('base64');
    const config = { auths: { [parts.registry.address]: { auth } } };
    writeFileSync(join(this.folder, 'config/config.json'), JSON.stringify(config));
  }

  /** Writes the project `tcstore`. */
  write(services: object): void {
    const file = { name: 'tcstore', services };
    writeFileSync(join(this.folder, 'compose.json'), JSON.stringify(file));
  }

  /** Runs tcompose on the project; what it ends with is for the test to judge. */
  tcompose(args: readonly string[], env: Readonly<Record<string, string>> = {}): Promise<Finished> {
    return this.#run(join(checkout, 'bin/tcompose'), args, env);
  }

  /** Runs the real Compose on it, which has to succeed. */
  async compose(...args: readonly string[]): Promise<Finished> {
    const done = await this.#run(this.#compose, args, {});
    if (done.code !== 0) throw new Error(done.stderr);
    return done;
  }

  #run(
    program: string,
    args: readonly string[],
    env: Readonly<Record<string, string>>,
  ): Promise<Finished> {
    return run(program, ['-f', join(this.folder, 'compose.json'), ...args], {
      cwd: this.folder,
      timeout: 120_000,
      env: {
        PATH: `${join(this.folder, 'bin')}${delimiter}${process.env['PATH'] ?? ''}`,
        HOME: this.folder,
        DOCKER_CONFIG: join(this.folder, 'config'),
        DOCKER_HOST: this.engine.dockerHost,
        ...env,
      },
    });
  }

  /** The index of an image in the registry. */
  async published(image: string): Promise<PublishedIndex> {
    return (await this.#imagetools(image, '--raw')) as PublishedIndex;
  }

  /** What was attested about an image in the registry. */
  attestation(image: string, kind: 'Provenance' | 'SBOM'): Promise<unknown> {
    return this.#imagetools(image, '--format', `{{json .${kind}}}`);
  }

  /** What `docker buildx imagetools inspect` finds. */
  async #imagetools(image: string, ...flags: readonly string[]): Promise<unknown> {
    const look = [this.#buildx, 'imagetools', 'inspect', ...flags, image];
    const [program = '', ...args] = [...this.engine.enter, ...look];
    const env = { ...process.env, DOCKER_CONFIG: join(this.folder, 'config') };
    return JSON.parse(await succeed(program, args, { env })) as unknown;
  }

  /** Container ids of the project by service. */
  async containers(): Promise<Readonly<Record<string, string>>> {
    const found = await this.api.containers(['com.docker.compose.project=tcstore']);
    return Object.fromEntries(
      found.map(({ Id, Config }) => [Config.Labels['com.docker.compose.service'] ?? '', Id]),
    );
  }

  async image(reference: string): Promise<StoredImage> {
    return (await this.api.ask('GET', `/images/${reference}/json?manifests=1`)) as StoredImage;
  }

  /** Gives an image, by name or id, another name. */
  async tag(image: string, repository: string, tag = 'latest'): Promise<void> {
    await this.api.ask('POST', `/images/${image}/tag?repo=${repository}&tag=${tag}`);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.registry[Symbol.asyncDispose]();
    await stopEngine(this.engine);
    rmSync(this.folder, { recursive: true });
  }
}

/** An index in a registry. */
export interface PublishedIndex {
  readonly manifests: readonly {
    readonly digest: string;
    readonly platform: { readonly os: string; readonly architecture: string };
    readonly annotations?: Readonly<Record<string, string>>;
  }[];
}
