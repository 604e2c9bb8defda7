import type { ConnectStream } from '../../engine/connection.ts';
import { connectEngine } from '../../engine/engine.ts';
import { findEndpoint } from '../../engine/endpoint.ts';
import type { MachineContext } from '../../machines/machine-context.ts';
import { isMachineError } from '../../machines/machine-error.ts';
import { EngineStreams } from '../../machines/ssh/engine-streams.ts';
import { localFiles } from '../file-access.ts';
import { asEngineError } from '../remote-engine.ts';
import { engineAddress } from './engine-address.ts';
import type { HostOf } from './hosts.ts';
import type { KnownMachine } from './target.ts';

/** The version of a machine's engine, asked at its address where it has one (`none`, TLS), else over SSH. */
export async function engineVersion(
  { providerContext: { env } }: Pick<MachineContext, 'providerContext'>,
  machine: KnownMachine,
  hostOf: HostOf,
  signal: AbortSignal,
): Promise<string> {
  const { record, path } = machine;
  const address = engineAddress(record, path);
  const certificates = address?.certificates;
  const direct = record.provider === 'none' || certificates !== undefined;
  const endpoint = findEndpoint({
    flags: {
      host: direct ? (address?.url ?? '') : `ssh://${record.name}`,
      ...(certificates === undefined ? tlsFlags(env, record.provider) : withTls(certificates)),
    },
    env: { HOME: env['HOME'] },
    files: localFiles(env),
  });
  const engine = await connectEngine(endpoint, {
    signal,
    connect: streamsTo(machine, hostOf, signal),
  });
  try {
    const { Version } = await engine.client.send<{ readonly Version: string }>(
      { method: 'GET', path: '/version' },
      signal,
    );
    return Version;
  } finally {
    engine.close();
  }
}

/** Streams to the engine of a machine; nothing is connected yet. */
function streamsTo(machine: KnownMachine, hostOf: HostOf, signal: AbortSignal): ConnectStream {
  let streams: EngineStreams | undefined;
  return async () => {
    try {
      streams ??= new EngineStreams(() => hostOf(machine), undefined, signal);
      return await streams.open();
    } catch (error) {
      throw isMachineError(error) ? asEngineError(error) : error;
    }
  };
}

/** An engine that only its address is known of may want the certificates that the user's environment names. */
function tlsFlags(
  env: Readonly<Record<string, string | undefined>>,
  provider: string,
): { readonly tlsVerify?: boolean } {
  return provider === 'none' && (env['DOCKER_TLS_VERIFY'] ?? '') !== '' ? { tlsVerify: true } : {};
}

/** What the docker command is told to use the certificates in a machine's folder. */
export function withTls(folder: string): {
  readonly tlsVerify: true;
  readonly tlsCaCert: string;
  readonly tlsCert: string;
  readonly tlsKey: string;
} {
  return {
    tlsVerify: true,
    tlsCaCert: `${folder}/ca.pem`,
    tlsCert: `${folder}/cert.pem`,
    tlsKey: `${folder}/key.pem`,
  };
}
