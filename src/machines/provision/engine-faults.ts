import type { EngineOptions } from '../store/machine-record.ts';
import { daemonConfig } from './engine-keys.ts';
import { envFile } from './engine-unit.ts';

/** What is wrong with the options of an engine whatever its host is, a sentence each: told before a host is paid for. */
export function engineFaults(engine: EngineOptions): readonly string[] {
  const { env, tlsPort } = engine;
  const config = daemonConfig(engine);
  const variables = envFile(env);
  const port = tlsPort === undefined || (tlsPort >= 1 && tlsPort <= 65_535);
  return [
    ...(config.ok ? [] : config.error),
    ...(variables.ok ? [] : [variables.error]),
    ...(port ? [] : [`the port ${tlsPort} of the engine is not between 1 and 65535`]),
  ];
}
