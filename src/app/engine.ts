import { connectEngine, type Engine } from '../engine/engine.ts';
import {
  findEndpoint,
  readClientConfig,
  type ClientConfig,
  type EndpointFlags,
  type EndpointSources,
} from '../engine/endpoint.ts';
import { localFiles } from './file-access.ts';
import type { EngineOptions } from './global-options.ts';
import type { Session } from './session.ts';

/**
 * Connects to the engine that flags, environment and docker's configuration choose.
 *
 * @throws EngineError that says how to get one when there is none
 */
export function openEngine(session: Session, options: EngineOptions): Promise<Engine> {
  const endpoint = findEndpoint(endpointSources(session, options));
  const apiVersion = session.env['DOCKER_API_VERSION'];
  return connectEngine(endpoint, {
    signal: session.signal,
    ...(apiVersion === undefined || apiVersion === '' ? {} : { apiVersion }),
  });
}

/** The docker client's `config.json`: proxies, credentials, formats. */
export function clientConfig(session: Session, options: EngineOptions): ClientConfig {
  return readClientConfig(endpointSources(session, options));
}

/** Where endpoint and client configuration come from. */
export function endpointSources(session: Session, options: EngineOptions): EndpointSources {
  return { flags: endpointFlags(options), env: session.env, files: localFiles(session.env) };
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
