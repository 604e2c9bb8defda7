import { BlockList, connect, isIPv6 } from 'node:net';

/** Services that tell who asks them from where, by plain text; the last one by IPv6 alone. */
const SERVICES = [
  'https://checkip.amazonaws.com',
  'https://api.ipify.org',
  'https://api6.ipify.org',
];

/** Milliseconds that one of them may take. */
const PATIENCE = 3000;

const LOCAL: readonly (readonly [network: string, bits: number])[] = [
  ['127.0.0.0', 8],
  ['10.0.0.0', 8],
  ['172.16.0.0', 12],
  ['192.168.0.0', 16],
  ['100.64.0.0', 10],
  ['169.254.0.0', 16],
  ['::1', 128],
  ['fc00::', 7],
  ['fe80::', 10],
];

/**
 * Address from which this computer reaches the internet; undefined when nobody can tell.
 *
 * @param api URL of a cloud that is not the usual one: one in the own network sees the address of this computer there
 */
export async function ownAddress(signal: AbortSignal, api?: string): Promise<string | undefined> {
  const local = api === undefined ? undefined : await localAddress(api, signal);
  if (local !== undefined) return local;
  for (const service of SERVICES) {
    signal.throwIfAborted();
    try {
      const answer = await fetch(service, {
        signal: AbortSignal.any([signal, AbortSignal.timeout(PATIENCE)]),
      });
      const text = (await answer.text()).trim();
      if (answer.ok && /^[0-9.]+$|^[0-9a-f:]+$/i.test(text)) return text;
    } catch {
      // The next one is asked.
    }
  }
  signal.throwIfAborted();
  return undefined;
}

/** Own end of a connection to somebody in the own network. */
async function localAddress(api: string, signal: AbortSignal): Promise<string | undefined> {
  if (!URL.canParse(api)) return undefined;
  const { hostname, port, protocol } = new URL(api);
  const usual = protocol === 'http:' ? 80 : 443;
  return await new Promise((resolve) => {
    const socket = connect({
      host: hostname.replace(/^\[|\]$/g, ''),
      port: port === '' ? usual : Number(port),
      signal,
    });
    const settle = (address: string | undefined): void => {
      socket.destroy();
      resolve(address);
    };
    socket.setTimeout(PATIENCE, () => settle(undefined));
    socket.once('error', () => settle(undefined));
    socket.once('connect', () => {
      const { localAddress: own = '', remoteAddress = '' } = socket;
      settle(isLocal(remoteAddress) ? plain(own) : undefined);
    });
  });
}

/** True for addresses that are not those of the internet. */
export function isLocal(address: string): boolean {
  const list = new BlockList();
  for (const [network, bits] of LOCAL) list.addSubnet(network, bits, family(network));
  return list.check(plain(address), family(plain(address)));
}

/** An address of IPv4 in the form of IPv6, as sockets for both have it, as itself. */
function plain(address: string): string {
  return address.replace(/^::ffff:(?=[0-9.]+$)/i, '');
}

function family(address: string): 'ipv4' | 'ipv6' {
  return isIPv6(address) ? 'ipv6' : 'ipv4';
}
