import type { Clock } from '../foundation/clock.ts';

/** Kinds of values of a provider's flags, as those of commands. */
export type ProviderFlagType = 'bool' | 'string' | 'int' | 'list';

/** A flag of `machine create` that one provider has. Only data: help, completion and checks read it. */
export interface ProviderFlag {
  /** With the provider's name in front: `amazonec2-region`. */
  readonly name: string;
  readonly type: ProviderFlagType;
  readonly default?: string;
  /** Environment variables that give a value when the flag is not given; the first one that is set. */
  readonly env?: readonly string[];
  readonly summary: string;
  /** True: a secret, which is never stored, shown or given to other programs as an argument. */
  readonly secret?: boolean;
  readonly hidden?: boolean;
  /** What its value can be: words, or a choice that the account is asked for. */
  readonly values?: readonly string[] | ChoiceKind;
}

export type ChoiceKind = 'regions' | 'sizes' | 'images' | 'zones';

/** Values of a provider's flags by name, defaults and environment filled in; lists are arrays. */
export type ProviderFlagValues = Readonly<
  Record<string, string | number | boolean | readonly string[] | undefined>
>;

/** What a machine's record keeps of its flags: plain JSON without secrets. */
export type ProviderSettings = Readonly<Record<string, unknown>>;

/** States of a machine, in the words of docker-machine. */
export type MachineState =
  | 'Running'
  | 'Paused'
  | 'Saved'
  | 'Stopped'
  | 'Stopping'
  | 'Starting'
  | 'Error'
  | 'Timeout'
  | 'Not Found';

/** A server of an account. */
export interface Instance {
  readonly id: string;
  /** Name of the machine, from its tags. */
  readonly name: string;
  readonly state: MachineState;
  /** Where SSH is reached: host name or IP address; absent as long as there is none. */
  readonly address?: string;
  readonly privateAddress?: string;
  readonly ipv6Address?: string;
  readonly region?: string;
  readonly size?: string;
  readonly image?: string;
  /** ISO 8601. */
  readonly createdAt?: string;
  readonly tags: Readonly<Record<string, string>>;
}

/**
 * Something that a provider made for machines: `instance`, `key-pair`, `security-group`, `volume`, `ssh-key`,
 * `firewall` … `id` is what the account calls it.
 */
export interface RemoteResource {
  readonly kind: string;
  readonly id: string;
  readonly region?: string;
  /** Machine that it belongs to; absent: shared by machines of a store. */
  readonly machine?: string;
  /** For people: `i-0abc (t3.small, eu-west-1)`. */
  readonly title: string;
}

/** Told before and after everything that is made remotely, so that a crash loses nothing. */
export interface CreationJournal {
  /** Written to disk before the call that makes the resource; `token` is its idempotency token or name. */
  intend(kind: string, token: string, details?: Readonly<Record<string, string>>): Promise<void>;
  /** Written once the account has told what it made. */
  made(resource: RemoteResource): Promise<void>;
  /** Resources of this machine that were made, or may have been, in earlier tries. */
  readonly earlier: readonly {
    readonly kind: string;
    readonly token: string;
    readonly id?: string;
  }[];
}

export interface CreateRequest {
  /** Name of the machine. */
  readonly name: string;
  readonly settings: ProviderSettings;
  /** OpenSSH public key to let in. */
  readonly publicKey: string;
  /**
   * User data in the form of cloud-init with the host keys of the new machine, which the provider passes on as it
   * is, unless the settings name a file of the user's, with which it has been combined already.
   */
  readonly userData: string;
  /** Tags or labels that every resource gets at its creation: `tcompose`, `tcompose-machine`, `tcompose-store`. */
  readonly tags: Readonly<Record<string, string>>;
  /** Deterministic for the machine and its store: the same for a create that is tried again. */
  readonly token: string;
  readonly journal: CreationJournal;
  /** One sentence about what is being done. */
  readonly progress: (text: string) => void;
}

/**
 * How a provider can stop and start machines: by its API; over SSH (`shutdown`); only restart them over SSH, because
 * nobody could start them again; or not at all.
 */
export type Power = 'api' | 'ssh' | 'restart' | 'none';

/** What a provider needs of the process it runs in. */
export interface ProviderContext {
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Home directory of the user, where profiles lie. */
  readonly home: string;
  readonly signal: AbortSignal;
  readonly clock: Clock;
  readonly fetch: typeof fetch;
  /** Reads a text file that the user named; relative paths start from the working directory. */
  readonly readFile: (path: string) => Promise<string>;
  /**
   * Address from which this computer reaches the internet, or the cloud with the given URL where that is another than
   * the usual one; for firewalls. Absent or undefined: cannot be told.
   */
  readonly ownAddress?: (api?: string) => Promise<string | undefined>;
  readonly caller: Caller;
}

/** A range of addresses from which this computer was let in to a port. */
export interface CallerRule {
  readonly port: number;
  readonly range: string;
}

/** What a computer knows of its own rules in a firewall that it shares with others. */
export interface CallerRules {
  /** Names this computer in descriptions of rules: random, and tells nothing of it. */
  readonly computer: string;
  /** Rules that this computer has added, or may have; only of firewalls whose rules cannot tell that themselves. */
  readonly rules: readonly CallerRule[];
  /** Replaces them; resolves when that is on the disk. */
  readonly remember: (rules: readonly CallerRule[]) => Promise<void>;
}

/** This computer as one of those that are let in. */
export interface Caller {
  /** Runs work on a firewall's rules while no other process of this computer works on them. */
  withRules<T>(
    firewall: string,
    signal: AbortSignal,
    work: (rules: CallerRules) => Promise<T>,
  ): Promise<T>;
}

/**
 * A kind of place where machines are: what flags it has, and how an account is reached. Everything that can fail for
 * a reason of the user's throws a ProviderError.
 */
export interface Provider {
  /** `amazonec2`, `digitalocean`, `generic`, `none`, or the NAME of `tcompose-provider-NAME`. */
  readonly name: string;
  readonly title: string;
  readonly flags: readonly ProviderFlag[];
  readonly power: Power;
  /** False: nothing is made, so nothing can be left behind (`generic`, `none`). */
  readonly makesInstances: boolean;
  /** Turns flags into settings; no call is made. Credentials are left out. */
  settings(values: ProviderFlagValues): ProviderSettings;
  /** User, port and key that SSH needs, as far as the settings say. */
  ssh(settings: ProviderSettings): {
    readonly user: string;
    readonly port: number;
    /** Private key of the user's; absent: tcompose makes one for the machine. */
    readonly keyPath?: string;
  };
  /**
   * Equal for settings that lead to the same account and region, so that one call lists all of their machines.
   * Absent: each machine is an account of its own (`generic`).
   */
  accountKey?(settings: ProviderSettings): string;
  /** Settings with what an instance tells of itself, for one of which nothing else is known: its region, its size. */
  settingsOf?(settings: ProviderSettings, instance: Instance): ProviderSettings;
  /** File with user data of the user's, which is combined with ours before `create`. */
  userDataPath?(settings: ProviderSettings): string | undefined;
  /** Resolves credentials (environment, profiles) and makes no other call. */
  connect(settings: ProviderSettings, context: ProviderContext): Promise<Account>;
}

/** An account that was connected to, in the region of its settings. */
export interface Account {
  /** Calls that change nothing and say whether `create` could work: names, quotas, regions, keys. */
  check(request: Omit<CreateRequest, 'journal' | 'progress'>): Promise<void>;
  /**
   * Makes the instance and what belongs to it, or finds what an earlier try has made: called again with the same
   * token it makes nothing twice. Resolves when the instance has an address.
   */
  create(request: CreateRequest): Promise<Instance>;
  /** All instances with the tags of a store: one call, however many. */
  list(tags: Readonly<Record<string, string>>): Promise<readonly Instance[]>;
  /** Undefined: there is none (any more). */
  describe(id: string): Promise<Instance | undefined>;
  start(id: string): Promise<void>;
  stop(id: string, options: { readonly force: boolean }): Promise<void>;
  restart(id: string): Promise<void>;
  /** Everything with these tags, shared things included. */
  resources(tags: Readonly<Record<string, string>>): Promise<readonly RemoteResource[]>;
  /**
   * Removes one resource and returns when it is gone. What is gone already is what was wanted; `false`: it is still
   * in use by others.
   */
  remove(resource: Pick<RemoteResource, 'kind' | 'id'>): Promise<boolean>;
  /**
   * Lets SSH in from where this computer is now, through the firewall that machines of a store share, and no longer
   * from where it was before. Rules that it has not added stay. Absent: the provider has none.
   *
   * @throws ProviderError `not-found` when the store has no such firewall
   */
  admit?(tags: Readonly<Record<string, string>>): Promise<Admission>;
  /** What a flag's value may be, with prices where the account knows them. */
  choices(kind: ChoiceKind): Promise<readonly Choice[]>;
  close(): void;
}

/** From where SSH is let in now. */
export interface Admission {
  readonly ranges: readonly string[];
  /** False: it was so already. */
  readonly changed: boolean;
  /** From where this computer was let in before, and is no longer. */
  readonly removed: readonly string[];
  /** Sentences about rules that may not be needed any more, and how they are removed. */
  readonly remarks: readonly string[];
}

export interface Choice {
  readonly value: string;
  /** `2 vCPU, 4 GiB, $24.00 a month`. */
  readonly summary: string;
}
