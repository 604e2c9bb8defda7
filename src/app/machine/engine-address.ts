import type { MachineRecord } from '../../machines/store/machine-record.ts';

/** Where the engine of a machine is, as DOCKER_HOST names it. */
export interface EngineAddress {
  /** `ssh://user@address`, `tcp://address:2376`, or what `--url` said. */
  readonly url: string;
  /** Folder with ca.pem, cert.pem and key.pem; absent: no TLS. */
  readonly certificates?: string;
}

/**
 * How programs reach the engine of a machine: over TLS where it was created with `--engine-tls`, else over SSH,
 * which docker's client understands as well. Undefined: the machine has no address yet.
 *
 * @param folder of the machine in the store, where its certificates lie
 */
export function engineAddress(record: MachineRecord, folder: string): EngineAddress | undefined {
  const { provider, settings, address, engine, ssh } = record;
  if (provider === 'none') return { url: String(settings['url']) };
  if (address === undefined) return undefined;
  const host = address.includes(':') ? `[${address.replace('%', '%25')}]` : address;
  if (engine.tlsPort !== undefined) {
    return { url: `tcp://${host}:${engine.tlsPort}`, certificates: folder };
  }
  const port = ssh.port === 22 ? '' : `:${ssh.port}`;
  return { url: `ssh://${encodeURIComponent(ssh.user)}@${host}${port}` };
}

/** Address of a machine for people and firewalls; of one that only has a URL, the host in it. */
export function plainAddress({ address, provider, settings }: MachineRecord): string {
  if (address !== undefined) return address;
  if (provider !== 'none') return '';
  try {
    return new URL(String(settings['url'])).hostname.replace(/^\[|\]$/g, '');
  } catch {
    return '';
  }
}
