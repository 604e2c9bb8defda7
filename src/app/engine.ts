import { connectEngine, type Engine } from '../engine/engine.ts';
import { readClientConfig, type ClientConfig } from '../engine/client-config.ts';
import { findEndpoint, type EndpointFlags, type EndpointSources } from '../engine/endpoint.ts';
import { listDirectory, localFiles } from './file-access.ts';
import type { EngineOptions } from './global-options.ts';
import type { RemoteEngine } from './remote-engine.ts';
import type { EarlyEngine, Session } from './session.ts';

/**
 * Connects to the engine that flags, environment and docker's configuration choose.
 *
 * @throws EngineError that says how to get one when there is none
 */
export function openEngine(session: Session, options: EngineOptions): Promise<Engine> {
  return session.earlyEngine?.take() ?? connect(session, options);
}

async function connect(session: Session, options: EngineOptions): Promise<Engine> {
  const sources = endpointSources(session, options);
  for (const fault of readClientConfig(sources).faults) session.stderr.write(`WARNING: ${fault}\n`);
  const endpoint = findEndpoint(sources);
  const apiVersion = session.env['DOCKER_API_VERSION'];
  const remote =
    endpoint.kind === 'ssh'
      ? (await import('./remote-engine.ts')).remoteEngine(session, endpoint)
      : undefined;
  const connecting = connectEngine(endpoint, {
    ...(remote === undefined ? {} : { connect: remote.connect }),
    signal: session.signal,
    env: session.env,
    ...(apiVersion === undefined || apiVersion === '' ? {} : { apiVersion }),
  });
  return remote === undefined ? await connecting : await closingBoth(connecting, remote);
}

/** An engine whose way to it is closed with it, also when there is no engine at its end. */
async function closingBoth(connecting: Promise<Engine>, remote: RemoteEngine): Promise<Engine> {
  try {
    const engine = await connecting;
    const { reachedBy } = await import('./remote-engine.ts');
    reachedBy(engine, remote);
    const close = (): void => {
      engine.close();
      remote.close();
    };
    return { ...engine, close };
  } catch (error) {
    remote.close();
    throw error;
  }
}

/** Connects, lets `work` ask, and closes the connection however that ends. */
export async function withEngine<T>(
  session: Session,
  options: EngineOptions,
  work: (engine: Engine) => Promise<T>,
): Promise<T> {
  const engine = await openEngine(session, options);
  try {
    return await work(engine);
  } finally {
    engine.close();
  }
}

/**
 * Begins to connect: the engine answers while the project is read. Why it fails is told to the one who
 * takes the connection.
 */
export async function connectEarly(
  session: Session,
  options: EngineOptions,
): Promise<EarlyEngine | undefined> {
  let pending: Promise<Engine> | undefined;
  try {
    pending = connect(session, options);
  } catch {
    // Wrong flags and contexts are told when the engine is needed.
    return undefined;
  }
  const started = pending;
  started.catch(() => undefined);
  // The request leaves when the connection stands: one turn of the event loop.
  await new Promise(setImmediate);
  return {
    take: () => {
      const taken = pending;
      pending = undefined;
      return taken;
    },
    close: () => {
      if (pending !== undefined) void closeWhenOpen(started);
    },
  };
}

async function closeWhenOpen(pending: Promise<Engine>): Promise<void> {
  const [outcome] = await Promise.allSettled([pending]);
  if (outcome.status === 'fulfilled') outcome.value.close();
}

/** The docker client's `config.json`: proxies, credentials, formats; its faults are told when connecting. */
export function clientConfig(session: Session, options: EngineOptions): ClientConfig {
  return readClientConfig(endpointSources(session, options)).config;
}

/** Where endpoint and client configuration come from. */
export function endpointSources(session: Session, options: EngineOptions): EndpointSources {
  const files = localFiles(session.env);
  return { flags: endpointFlags(options), env: session.env, files, list: listDirectory };
}

function endpointFlags(options: EngineOptions): EndpointFlags {
  const { host, context, machine, configDirectory, tlsCaCert, tlsCert, tlsKey } = options;
  return {
    tls: options.tls,
    tlsVerify: options.tlsVerify,
    ...(host === undefined ? {} : { host }),
    ...(context === undefined ? {} : { context }),
    ...(machine === undefined ? {} : { machine }),
    ...(configDirectory === undefined ? {} : { config: configDirectory }),
    ...(tlsCaCert === undefined ? {} : { tlsCaCert }),
    ...(tlsCert === undefined ? {} : { tlsCert }),
    ...(tlsKey === undefined ? {} : { tlsKey }),
  };
}
