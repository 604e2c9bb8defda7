import { compact, FlagReader } from '../flag-values.ts';
import { type Openings, openingsOf } from '../openings.ts';
import type { ProviderFlagValues, ProviderSettings } from '../provider.ts';
import { ProviderError } from '../provider-error.ts';
import type { SshSettings } from '../ssh-settings.ts';

/** What a record keeps of the flags; what is not there was not asked for. */
export interface DigitalOceanSettings extends SshSettings, Partial<Openings> {
  readonly region: string;
  readonly size: string;
  /** Slug or number; absent: the newest Debian when it is made. */
  readonly image?: string;
  readonly keyFingerprint?: string;
  readonly backups?: boolean;
  readonly ipv6?: boolean;
  readonly monitoring?: boolean;
  readonly tags?: readonly string[];
  readonly userData?: string;
  readonly vpc?: string;
  readonly project?: string;
  readonly firewall?: string;
}

/** @throws ProviderError `invalid` for values that cannot be meant */
export function settingsOf(values: ProviderFlagValues): ProviderSettings {
  const read = new FlagReader('digitalocean', values);
  const tags = read.words('tags');
  for (const tag of tags) {
    if (!/^[a-zA-Z0-9_\-:]{1,255}$/.test(tag)) {
      throw new ProviderError('invalid', `--digitalocean-tags: ${JSON.stringify(tag)} is no tag`, {
        hint: 'Tags of DigitalOcean have letters, digits, colons, dashes and underscores.',
      });
    }
  }
  return compact({
    region: read.text('region') ?? 'nyc3',
    size: read.text('size') ?? 's-1vcpu-2gb',
    image: read.text('image'),
    sshUser: read.text('ssh-user') ?? 'root',
    sshPort: read.port('ssh-port'),
    keyFingerprint: read.text('ssh-key-fingerprint'),
    keyPath: read.text('ssh-key-path'),
    backups: read.bool('backups'),
    ipv6: read.bool('ipv6'),
    monitoring: read.bool('monitoring'),
    tags,
    userData: read.text('userdata'),
    vpc: read.text('vpc'),
    project: read.text('project'),
    firewall: read.text('firewall'),
    ...openingsOf(read),
  });
}
