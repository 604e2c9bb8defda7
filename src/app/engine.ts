import { connectEngine, type Engine } from '../engine/engine.ts';
import { findEndpoint, type EndpointFlags } from '../engine/endpoint.ts';
import { localFiles } from './file-access.ts';
import type { EngineOptions } from './global-options.ts';
import type { Session } from './session.ts';

/**
 * Connects to the engine that flags, environment and docker's configuration choose.
 *
 * @throws EngineError that says how to get one when there is none
 */
export function openEngine(session: Session, options: EngineOptions): Promise<Engine> {
  const endpoint = findEndpoint({
    flags: endpointFlags(options),
    env: session.env,
    files: localFiles(session.env),
  });
  const apiVersion = session.env['DOCKER_API_VERSION'];
  return connectEngine(endpoint, {
    signal: session.signal,
    ...(apiVersion === undefined || apiVersion === '' ? {} : { apiVersion }),
  });
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
