import type { StringMap } from '../compose/model-basics.ts';
import type { ClientConfig } from './client-config.ts';

const VARIABLES: Readonly<Record<string, string>> = {
  httpProxy: 'HTTP_PROXY',
  httpsProxy: 'HTTPS_PROXY',
  noProxy: 'NO_PROXY',
  ftpProxy: 'FTP_PROXY',
  allProxy: 'ALL_PROXY',
};

/**
 * Variables that `proxies` of the client configuration adds to containers of the engine at
 * `address`, in capitals and in small letters, as the docker command does.
 */
export function proxyEnvironment(config: ClientConfig, address: string): StringMap {
  const proxies = config.proxies?.[address] ?? config.proxies?.default ?? {};
  return Object.fromEntries(
    Object.entries(VARIABLES).flatMap(([key, variable]) => {
      const value = proxies[key];
      return value === undefined || value === ''
        ? []
        : [
            [variable, value],
            [variable.toLowerCase(), value],
          ];
    }),
  );
}
