// What is used of the answers of DigitalOcean's API, in its own names.

export interface Droplet {
  readonly id: number;
  readonly name: string;
  readonly status: 'new' | 'active' | 'off' | 'archive';
  readonly created_at: string;
  readonly size_slug: string;
  readonly region: { readonly slug: string };
  readonly image: { readonly slug?: string | null; readonly name?: string; readonly id?: number };
  readonly networks: {
    readonly v4?: readonly { readonly ip_address: string; readonly type: 'public' | 'private' }[];
    readonly v6?: readonly { readonly ip_address: string; readonly type: 'public' }[];
  };
  readonly tags: readonly string[];
}

export interface SshKey {
  readonly id: number;
  readonly name: string;
  readonly fingerprint: string;
}

/** Droplets, tags and others besides addresses are passed on as they are. */
export interface FirewallSources {
  readonly addresses?: readonly string[] | null;
  readonly [other: string]: unknown;
}

export interface FirewallRule {
  readonly protocol: 'tcp' | 'udp' | 'icmp';
  readonly ports: string;
  readonly sources?: FirewallSources;
  readonly destinations?: { readonly addresses?: readonly string[] };
}

export interface Firewall {
  readonly id: string;
  readonly name: string;
  readonly tags: readonly string[] | null;
  readonly droplet_ids: readonly number[] | null;
  readonly inbound_rules: readonly FirewallRule[] | null;
  readonly outbound_rules: readonly FirewallRule[] | null;
}

export interface Region {
  readonly slug: string;
  readonly name: string;
  readonly available: boolean;
}

export interface Size {
  readonly slug: string;
  readonly memory: number;
  readonly vcpus: number;
  readonly disk: number;
  readonly price_monthly: number;
  readonly regions: readonly string[];
  readonly available: boolean;
}

export interface Image {
  readonly id: number;
  readonly name: string;
  readonly distribution: string;
  readonly slug: string | null;
  readonly regions: readonly string[];
}

export interface Vpc {
  readonly id: string;
  readonly name: string;
  readonly region: string;
}

export interface Project {
  readonly id: string;
  readonly name: string;
}

export interface Action {
  readonly id: number;
  readonly status: 'in-progress' | 'completed' | 'errored';
  readonly type: string;
}
