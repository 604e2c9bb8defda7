import { connectEngine, type Engine } from '../engine/engine.ts';
import { readClientConfig, type ClientConfig } from '../engine/client-config.ts';
import { findEndpoint, type EndpointFlags, type EndpointSources } from '../engine/endpoint.ts';
import { listDirectory, localFiles } from './file-access.ts';
import type { EngineOptions } from './global-options.ts';
import type { Session } from './session.ts';

/**
 * Connects to the engine that flags, environment and docker's configuration choose.
 *
 * @throws EngineError that says how to get one when there is none
 */
export function openEngine(session: Session, options: EngineOptions): Promise<Engine> {
  const sources = endpointSources(session, options);
  for (const fault of readClientConfig(sources).faults) session.stderr.write(`WARNING: ${fault}\n`);
  const endpoint = findEndpoint(sources);
  const apiVersion = session.env['DOCKER_API_VERSION'];
  return connectEngine(endpoint, {
    signal: session.signal,
    ...(apiVersion === undefined || apiVersion === '' ? {} : { apiVersion }),
  });
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
  const { host, context, configDirectory, tlsCaCert, tlsCert, tlsKey } = options;
  return {
    tls: options.tls,
    tlsVerify: options.tlsVerify,
    ...(host === undefined ? {} : { host }),
    ...(context === undefined ? {} : { context }),
    ...(configDirectory === undefined ? {} : { config: configDirectory }),
    ...(tlsCaCert === undefined ? {} : { tlsCaCert }),
    ...(tlsCert === undefined ? {} : { tlsCert }),
    ...(tlsKey === undefined ? {} : { tlsKey }),
  };
}
