import { ipVersion } from '../foundation/ip-address.ts';
import type { ProviderContext } from './provider.ts';
import { ProviderError } from './provider-error.ts';

/** Where WireGuard listens between machines. */
export const WIREGUARD_PORT = 51_820;

/** A port that is opened to everybody: `80`, `53/udp`, `8000-8100/tcp`. */
export interface OpenPort {
  readonly protocol: 'tcp' | 'udp';
  readonly from: number;
  readonly to: number;
}

/** @throws ProviderError `invalid` for what is no port */
export function parseOpenPort(flag: string, text: string): OpenPort {
  const [, from, to, protocol] = /^(\d{1,5})(?:-(\d{1,5}))?(?:\/(tcp|udp))?$/.exec(text) ?? [];
  const first = Number(from);
  const last = Number(to ?? from);
  if (from === undefined || first < 1 || last > 65_535 || first > last) {
    throw new ProviderError('invalid', `${flag}: ${JSON.stringify(text)} is no port`, {
      hint: 'Write it as 443, 53/udp or 8000-8100/tcp.',
    });
  }
  return { protocol: protocol === 'udp' ? 'udp' : 'tcp', from: first, to: last };
}

/** A range of addresses in the form of firewalls; a single address is a range of its own. */
export function parseCidr(flag: string, text: string): string {
  const [address = '', bits] = text.split('/');
  const version = ipVersion(address);
  const most = version === 6 ? 128 : 32;
  const valid = bits === undefined || (/^\d{1,3}$/.test(bits) && Number(bits) <= most);
  if (version === undefined || !valid || text.split('/').length > 2) {
    throw new ProviderError(
      'invalid',
      `${flag}: ${JSON.stringify(text)} is no range of addresses`,
      {
        hint: 'Write it as 203.0.113.0/24, or as one address.',
      },
    );
  }
  return `${address}/${bits ?? most}`;
}

/** The same text for the same range, however firewalls write it: `192.0.2.7` is `192.0.2.7/32`. */
export function plainRange(text: string): string {
  const [address = '', bits] = text.split('/');
  if (ipVersion(address) !== 6) return `${address}/${bits ?? 32}`;
  return `${new URL(`http://[${address}]`).hostname.slice(1, -1)}/${bits ?? 128}`;
}

/** True for a range that is one address. */
export function isOneAddress(range: string): boolean {
  const [address = '', bits] = plainRange(range).split('/');
  return bits === (ipVersion(address) === 6 ? '128' : '32');
}

/** From where SSH is let in. */
export interface SshSources {
  readonly ranges: readonly string[];
  /** True: that is the address of this computer alone, and changes when it does. */
  readonly caller: boolean;
}

/**
 * From where SSH is let in: the ranges that were asked for, else the address of this computer alone, as the cloud sees
 * it whose URL `api` is where that is not the usual one.
 *
 * @throws ProviderError when that cannot be told, for a firewall that is open to everybody has to be asked for
 */
export async function sshSources(
  flag: string,
  asked: readonly string[] | undefined,
  { ownAddress, api }: Pick<ProviderContext, 'ownAddress'> & { readonly api?: string | undefined },
): Promise<SshSources> {
  if (asked !== undefined && asked.length > 0) return { ranges: asked, caller: false };
  const own = await ownAddress?.(api);
  if (own !== undefined && ipVersion(own) !== undefined) {
    return { ranges: [plainRange(own)], caller: true };
  }
  throw new ProviderError(
    'invalid',
    'the address from which this computer reaches the internet cannot be told, and SSH is opened to it alone',
    {
      hint: `Say from where SSH is to be let in: ${flag} ADDRESS/BITS (0.0.0.0/0: from everywhere).`,
    },
  );
}
