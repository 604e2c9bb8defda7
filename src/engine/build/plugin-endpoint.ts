import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { formatEndpoint, type Endpoint } from '../endpoint.ts';

/** Variables that make a docker plugin talk to an engine. Disposing removes what was written for it. */
export interface PluginEndpoint extends AsyncDisposable {
  readonly env: Readonly<Record<string, string | undefined>>;
}

/** TLS material is written to a private directory, because plugins only take it from files. */
export async function pluginEndpoint(endpoint: Endpoint): Promise<PluginEndpoint> {
  const base = { DOCKER_HOST: formatEndpoint(endpoint), DOCKER_CONTEXT: undefined };
  if (endpoint.kind !== 'tcp' || endpoint.tls === undefined) {
    return { env: base, [Symbol.asyncDispose]: async () => {} };
  }
  const { tls } = endpoint;
  const directory = await mkdtemp(join(tmpdir(), 'tcompose-tls-'));
  for (const part of ['ca', 'cert', 'key'] as const) {
    const bytes = tls[part];
    if (bytes !== undefined)
      await writeFile(join(directory, `${part}.pem`), bytes, { mode: 0o600 });
  }
  return {
    env: {
      ...base,
      DOCKER_CERT_PATH: directory,
      DOCKER_TLS: '1',
      DOCKER_TLS_VERIFY: tls.verify ? '1' : undefined,
    },
    [Symbol.asyncDispose]: () => rm(directory, { recursive: true, force: true }),
  };
}
