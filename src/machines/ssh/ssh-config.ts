import { configLines, matchesPatterns, type ConfigLine } from './config-lines.ts';

/** What the user asks for, and who the user is. */
export interface ConfigQuestion {
  /** As typed. */
  readonly host: string;
  readonly user?: string;
  readonly port?: number;
  readonly localUser: string;
  /** Home directory. */
  readonly home: string;
}

/** Files, and what else lines may ask about. */
export interface ConfigSources {
  /** Text of a file; undefined when it cannot be read. */
  readonly read: (path: string) => string | undefined;
  /** Paths that a pattern with `*` and `?` means, in order. */
  readonly glob: (pattern: string) => readonly string[];
  /** Whether a command ends with 0; absent: `Match exec` holds for nothing. */
  readonly succeeds?: (command: string) => boolean;
}

/** The user's file and that of the system, in the order in which values are taken. */
export interface ConfigFile {
  readonly path: string;
  /** Where relative paths of `Include` start from. */
  readonly folder: string;
}

/** Settings that hold for a host: keyword in small letters → words; for commands the whole text as one word. */
export type SshConfig = ReadonlyMap<string, readonly string[]>;

/** Keywords whose values add up; of all others the first value counts. */
const LISTS = new Set([
  'identityfile',
  'certificatefile',
  'sendenv',
  'localforward',
  'remoteforward',
]);

/** Keywords whose value is the rest of the line. */
const TEXTS = new Set(['proxycommand', 'localcommand', 'remotecommand', 'knownhostscommand']);

/** How deep files may include others, as in OpenSSH. */
const DEPTH = 16;

/** Reads what ssh_config files say about a host; pure but for what `sources` do. */
export function readSshConfig(
  question: ConfigQuestion,
  files: readonly ConfigFile[],
  sources: ConfigSources,
): SshConfig {
  const first = new Reading(question, sources, new Map());
  for (const file of files) first.file(file, true, 0);
  if (!first.wantsFinal) return first.values;
  // "Match final" asks for another pass, with what is known by then.
  const second = new Reading(question, sources, first.values, true);
  for (const file of files) second.file(file, true, 0);
  return second.values;
}

/** Replaces `%h` and the like; unknown ones stay. */
export function expandTokens(text: string, tokens: Readonly<Record<string, string>>): string {
  return text.replaceAll(/%(.)/g, (whole, letter: string) =>
    letter === '%' ? '%' : (tokens[letter] ?? whole),
  );
}

class Reading {
  readonly values: Map<string, readonly string[]>;
  wantsFinal = false;
  readonly #question: ConfigQuestion;
  readonly #sources: ConfigSources;
  readonly #final: boolean;

  constructor(question: ConfigQuestion, sources: ConfigSources, before: SshConfig, final = false) {
    this.#question = question;
    this.#sources = sources;
    this.#final = final;
    this.values = new Map(before);
    if (question.user !== undefined) this.values.set('user', [question.user]);
    if (question.port !== undefined) this.values.set('port', [String(question.port)]);
  }

  /** `active`: whether the lines before the first Host or Match hold. */
  file({ path, folder }: ConfigFile, active: boolean, depth: number): void {
    const text = this.#sources.read(path);
    if (text === undefined || depth > DEPTH) return;
    let holds = active;
    for (const line of configLines(text)) {
      if (line.keyword === 'host') {
        holds = active && matchesPatterns(this.#question.host, line.words);
      } else if (line.keyword === 'match') {
        // Asked also where it makes no difference, for "final".
        holds = this.#matches(line.words) && active;
      } else if (line.keyword === 'include') this.#include(line, { folder, holds, depth });
      else if (holds) this.#take(line);
    }
  }

  #include(
    { words }: ConfigLine,
    { folder, holds, depth }: { folder: string; holds: boolean; depth: number },
  ): void {
    for (const word of words) {
      const home = word.startsWith('~/') ? this.#question.home + word.slice(1) : word;
      const pattern = home.startsWith('/') ? home : `${folder}/${home}`;
      const paths = /[*?[]/.test(pattern) ? this.#sources.glob(pattern) : [pattern];
      for (const path of paths) this.file({ path, folder }, holds, depth + 1);
    }
  }

  #take({ keyword, words, rest }: ConfigLine): void {
    const before = this.values.get(keyword);
    const given = TEXTS.has(keyword) ? [rest] : words;
    if (given.length === 0) return;
    if (LISTS.has(keyword)) {
      const all = before ?? [];
      this.values.set(keyword, all.includes(given[0] ?? '') ? all : [...all, ...given]);
      return;
    }
    // Whichever of the two ways through something else comes first is taken.
    const rival = { proxyjump: 'proxycommand', proxycommand: 'proxyjump' }[keyword];
    if (before !== undefined || (rival !== undefined && this.values.has(rival))) return;
    this.values.set(keyword, given);
  }

  #matches(words: readonly string[]): boolean {
    let result = true;
    for (let at = 0; at < words.length; at += 1) {
      const [, not, name = '', joined] = /^(!?)([^=]*)(?:=(.*))?$/.exec(words[at] ?? '') ?? [];
      const criterion = name.toLowerCase();
      const alone = ['all', 'final', 'canonical'].includes(criterion);
      const value = alone ? '' : (joined ?? words[(at += 1)] ?? '');
      if (criterion === 'final') this.wantsFinal ||= !this.#final;
      // A command runs only where everything before it holds.
      if (result && this.#holds(criterion, value) === (not === '!')) result = false;
    }
    return result;
  }

  #holds(criterion: string, value: string): boolean {
    const { host, localUser } = this.#question;
    const patterns = value.split(',');
    switch (criterion) {
      case 'all':
        return true;
      case 'final':
        return this.#final;
      case 'host':
        return matchesPatterns(this.#hostName(), patterns);
      case 'originalhost':
        return matchesPatterns(host, patterns);
      case 'user':
        return matchesPatterns(this.values.get('user')?.[0] ?? localUser, patterns);
      case 'localuser':
        return matchesPatterns(localUser, patterns);
      case 'exec':
        return this.#sources.succeeds?.(expandTokens(value, this.#tokens())) ?? false;
      default:
        // "canonical", "localnetwork", "tagged" and what is newer hold for nothing.
        return false;
    }
  }

  #hostName(): string {
    const { host } = this.#question;
    const given = this.values.get('hostname')?.[0];
    return given === undefined ? host : expandTokens(given, { h: host });
  }

  #tokens(): Readonly<Record<string, string>> {
    const { host, localUser, home } = this.#question;
    return {
      h: this.#hostName(),
      n: host,
      p: this.values.get('port')?.[0] ?? '22',
      r: this.values.get('user')?.[0] ?? localUser,
      u: localUser,
      d: home,
    };
  }
}
