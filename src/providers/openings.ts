import { parseCidr, parseOpenPort } from './addresses.ts';
import type { FlagReader } from './flag-values.ts';

/** What the firewalls of a machine let in. */
export interface Openings {
  /** Ports that are open to everybody: `443`, `53/udp`, `8000-8100`. */
  readonly openPorts: readonly string[];
  /** Ranges of addresses from which SSH is let in; none: that of this computer. */
  readonly sshCidr: readonly string[];
}

/**
 * Reads the flags `open-port` and `ssh-cidr`, which all clouds have.
 *
 * @throws ProviderError `invalid`, naming the flag, for what is no port and no range
 */
export function openingsOf(read: FlagReader): Openings {
  const openPorts = read.words('open-port');
  for (const port of openPorts) parseOpenPort(read.flag('open-port'), port);
  const sshCidr = read.words('ssh-cidr').map((range) => parseCidr(read.flag('ssh-cidr'), range));
  return { openPorts, sshCidr };
}
