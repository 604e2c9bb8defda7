import { fail, ok, type Result } from '../../foundation/result.ts';

/** An image reference in parts, with what was left out filled in (grammar: distribution/reference). */
export interface ImageReference {
  /** Registry, `docker.io` for the default one. */
  readonly domain: string;
  /** `library/nginx`. */
  readonly path: string;
  readonly tag?: string;
  /** `sha256:…`. */
  readonly digest?: string;
}

const DEFAULT_DOMAIN = 'docker.io';
const COMPONENT = '[a-z0-9]+(?:(?:\\.|_|__|-+)[a-z0-9]+)*';
const PATH = new RegExp(`^${COMPONENT}(?:/${COMPONENT})*$`);
const DOMAIN =
  /^(?:(?:[a-zA-Z0-9]|[a-zA-Z0-9][a-zA-Z0-9-]*[a-zA-Z0-9])(?:\.(?:[a-zA-Z0-9]|[a-zA-Z0-9][a-zA-Z0-9-]*[a-zA-Z0-9]))*|\[[a-fA-F0-9:]+\])(?::\d+)?$/;
const TAG = /^\w[\w.-]{0,127}$/;
const DIGEST = /^[A-Za-z][A-Za-z0-9]*(?:[-_+.][A-Za-z][A-Za-z0-9]*)*:[0-9a-fA-F]{32,}$/;

/** Reads `[domain/]path[:tag][@digest]`. */
export function parseImageReference(text: string): Result<ImageReference, string> {
  if (/^[a-f0-9]{64}$/.test(text)) {
    return fail(`invalid repository name (${text}), cannot specify 64-byte hexadecimal strings`);
  }
  const at = text.indexOf('@');
  const digest = at < 0 ? undefined : text.slice(at + 1);
  const name = at < 0 ? text : text.slice(0, at);
  const colon = name.lastIndexOf(':');
  const tag = colon > name.lastIndexOf('/') ? name.slice(colon + 1) : undefined;
  const { domain, path } = splitDomain(tag === undefined ? name : name.slice(0, colon));
  if (path.toLowerCase() !== path) {
    return fail(`invalid reference format: repository name (${path}) must be lowercase`);
  }
  const valid =
    PATH.test(path) &&
    DOMAIN.test(domain) &&
    (tag === undefined || TAG.test(tag)) &&
    (digest === undefined || DIGEST.test(digest));
  if (!valid) return fail('invalid reference format');
  return ok({
    domain,
    path,
    ...(tag === undefined ? {} : { tag }),
    ...(digest === undefined ? {} : { digest }),
  });
}

/** True when the reference means the tag `latest`, written or not. */
export function isLatest(text: string): boolean {
  const reference = parseImageReference(text);
  if (!reference.ok || reference.value.digest !== undefined) return false;
  return (reference.value.tag ?? 'latest') === 'latest';
}

/** Name without tag and digest as users write it: `nginx`, `ghcr.io/me/app`. */
export function familiarName({ domain, path }: ImageReference): string {
  if (domain !== DEFAULT_DOMAIN) return `${domain}/${path}`;
  const [first, ...rest] = path.split('/');
  return first === 'library' && rest.length === 1 ? rest.join('/') : path;
}

/** What names the registry in the docker configuration. */
export function registryKey(domain: string): string {
  return domain === DEFAULT_DOMAIN ? 'https://index.docker.io/v1/' : domain;
}

/** The first part is a registry only when it looks like a host. */
function splitDomain(name: string): { domain: string; path: string } {
  const slash = name.indexOf('/');
  const first = slash < 0 ? '' : name.slice(0, slash);
  const isHost = /[.:]/.test(first) || first === 'localhost' || first.toLowerCase() !== first;
  const domain = isHost ? first : DEFAULT_DOMAIN;
  const path = isHost ? name.slice(slash + 1) : name;
  if (domain !== DEFAULT_DOMAIN && domain !== 'index.docker.io') return { domain, path };
  return { domain: DEFAULT_DOMAIN, path: path.includes('/') ? path : `library/${path}` };
}
