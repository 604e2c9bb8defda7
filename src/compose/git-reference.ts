/** A Compose file in a git repository, as a URL names it. */
export interface GitReference {
  /** What git is given. */
  readonly repository: string;
  /** Branch, tag or commit; the repository's default branch when absent. */
  readonly ref?: string;
  /** A directory of the repository, or a Compose file in it. */
  readonly path?: string;
  /** Why the rest of the URL cannot be used. */
  readonly fault?: string;
}

const SCHEME = /^([a-zA-Z0-9]+):\/\//;
const SCHEMES = new Set(['http', 'https', 'ssh', 'git']);
const SCP = /^([\w-]+@[\w.-]+:[^?#]*)(\?[^#]*)?(?:#(.*))?$/;

/**
 * Reads `https://HOST/PATH.git#REF:PATH` and its relatives: `http`, `ssh` and `git` URLs, `USER@HOST:PATH`,
 * `github.com/OWNER/NAME`, and `?ref=…&subdir=…`. Undefined for everything else, which is a local path.
 * As BuildKit reads build contexts (dfgitutil).
 */
export function parseGitReference(text: string): GitReference | undefined {
  if (text.startsWith('./') || text.startsWith('../')) return undefined;
  if (text.startsWith('github.com/')) return split(`https://${text}`);
  const scheme = SCHEME.exec(text)?.[1]?.toLowerCase();
  if (scheme === undefined) return scpStyle(text);
  if (!SCHEMES.has(scheme) || !URL.canParse(text)) return undefined;
  const reference = split(text);
  const mustSayGit = scheme === 'http' || scheme === 'https';
  return mustSayGit && !reference.repository.endsWith('.git') ? undefined : reference;
}

function scpStyle(text: string): GitReference | undefined {
  const [, repository, query, fragment] = SCP.exec(text) ?? [];
  return repository === undefined ? undefined : assemble(repository, query, fragment);
}

function split(url: string): GitReference {
  const [address = '', ...rest] = url.split('#');
  const [repository = '', query] = address.split('?');
  return assemble(repository, query, rest.length === 0 ? undefined : decoded(rest.join('#')));
}

function assemble(
  repository: string,
  query: string | undefined,
  fragment: string | undefined,
): GitReference {
  const colon = fragment?.indexOf(':') ?? -1;
  const ref = colon < 0 ? fragment : fragment?.slice(0, colon);
  const path = colon < 0 ? undefined : fragment?.slice(colon + 1);
  const found: Found = { ref: ref ?? '', path: path ?? '' };
  const fault = query === undefined ? undefined : readQuery(query, found);
  return {
    repository,
    ...(found.ref !== '' && { ref: found.ref }),
    ...(found.path !== '' && { path: found.path }),
    ...(fault !== undefined && { fault }),
  };
}

interface Found {
  ref: string;
  path: string;
}

/** What may be written as `?KEY=VALUE`; returns what is wrong with it. */
function readQuery(query: string, found: Found): string | undefined {
  let commit = '';
  for (const [key, value] of new URLSearchParams(query)) {
    if (value === '' && !FLAGS.has(key)) return `query ${quoted(key)} has no value`;
    if (FLAGS.has(key)) continue;
    if (key === 'checksum' || key === 'commit') {
      commit = value;
      continue;
    }
    const part = key === 'subdir' ? 'path' : 'ref';
    const prefix = PREFIXES[key];
    if (prefix === undefined) return `unexpected query ${quoted(key)}`;
    const given = value.startsWith(prefix) ? value : `${prefix}${value}`;
    if (found[part] !== '' && found[part] !== given) {
      const name = part === 'path' ? 'subdir' : 'ref';
      return `${name} conflicts: ${quoted(found[part])} vs ${quoted(given)}`;
    }
    found[part] = given;
  }
  if (found.ref === '') found.ref = commit;
  return undefined;
}

/** They tell builds how to clone, and mean nothing for a Compose file. */
const FLAGS = new Set(['keep-git-dir', 'submodules']);

const PREFIXES: Readonly<Record<string, string>> = {
  ref: '',
  subdir: '',
  tag: 'refs/tags/',
  branch: 'refs/heads/',
};

function quoted(text: string): string {
  return JSON.stringify(text);
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
