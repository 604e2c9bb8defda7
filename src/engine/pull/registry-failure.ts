import { EngineError, isEngineError, messageOf, type EngineErrorKind } from '../errors.ts';
import { parseImageReference } from './image-reference.ts';

/** What an image is for, in words of the project. */
export interface ImageUse {
  readonly image: string;
  readonly service?: string;
}

interface Rule {
  readonly pattern: RegExp;
  readonly kind: EngineErrorKind;
  hint(image: string, registry: string): string;
}

/** What only a push meets; before {@link RULES}. */
const PUSH_RULES: readonly Rule[] = [
  {
    pattern: /does not exist locally|No such image|tag does not exist|does not exist:/i,
    kind: 'not-found',
    hint: (image) => `The engine has no image ${image} yet: build it first.`,
  },
  {
    pattern: /access denied|denied:|unauthorized|authentication required|no basic auth/i,
    kind: 'unauthorized',
    hint: (_, registry) =>
      `Log in with "docker login${argument(registry)}" as someone who may write there, and check the name.`,
  },
];

/** First match wins: the engine wraps texts of registries, statuses say little. */
const RULES: readonly Rule[] = [
  {
    pattern: /no space left on device/i,
    kind: 'disk-full',
    hint: () => 'Free space on the engine\'s disk: "docker system df" shows what uses it.',
  },
  {
    pattern: /too ?many ?requests|rate limit/i,
    kind: 'unauthorized',
    hint: (_, registry) =>
      `${registry} limits pulls without login: log in with "docker login${argument(registry)}", or wait.`,
  },
  {
    pattern: /server gave HTTP response to HTTPS client/i,
    kind: 'failed',
    hint: (_, registry) =>
      `${registry} speaks plain HTTP: list it under "insecure-registries" in the engine's daemon.json.`,
  },
  {
    pattern: /x509|certificate/i,
    kind: 'failed',
    hint: (_, registry) =>
      `The engine does not trust the certificate of ${registry}: put its CA into /etc/docker/certs.d/${registry}/ca.crt on the engine's host.`,
  },
  {
    pattern:
      /looking for beginning of|unexpected end of JSON|error parsing HTTP|missing signature/i,
    kind: 'failed',
    hint: (_, registry) =>
      `${registry} answered with something that is no image: check the name, and whether a proxy or a login page answers in its place.`,
  },
  {
    pattern:
      /no matching manifest for|no match for platform|does not match the (?:specified|expected) platform/i,
    kind: 'not-found',
    hint: (image) =>
      `${image} has no variant for this platform: set "platform:", or use another tag.`,
  },
  {
    pattern:
      /manifest(?: for .*)? (?:unknown|not found)|manifest unknown|resolve reference .*: not found/i,
    kind: 'not-found',
    hint: (image, registry) => `${registry} has no ${image}: check the tag.`,
  },
  {
    pattern: /access denied|denied:|unauthorized|authentication required|no basic auth/i,
    kind: 'unauthorized',
    hint: (_, registry) =>
      `Check the name; if the image is private, log in with "docker login${argument(registry)}"; if it is to be built, give the service a "build:".`,
  },
  {
    pattern:
      /no such host|connection refused|i\/o timeout|dial tcp|network is unreachable|no route to host|Client\.Timeout|deadline exceeded|TLS handshake timeout|lookup .* on |\bEOF\b/i,
    kind: 'failed',
    hint: (image, registry) =>
      `The engine cannot reach ${registry}: check the network and the proxy of the engine's host, or bring the image with "docker save ${image} | docker load".`,
  },
];

/** Says what the engine said, in its words as Compose does, then which image of which service this is and what would help. */
export function pullFailure(error: unknown, use: ImageUse): EngineError {
  return registryFailure('pull', RULES, { error, use });
}

/** As {@link pullFailure}, for an image that could not be brought to its registry. */
export function pushFailure(error: unknown, use: ImageUse): EngineError {
  return registryFailure('push', [...PUSH_RULES, ...RULES], { error, use });
}

function registryFailure(
  verb: 'pull' | 'push',
  rules: readonly Rule[],
  { error, use: { image, service } }: { readonly error: unknown; readonly use: ImageUse },
): EngineError {
  const text = withoutPrefix(messageOf(error));
  const reference = parseImageReference(image);
  const domain = reference.ok ? reference.value.domain : '';
  const registry = domain === 'docker.io' ? 'Docker Hub' : domain;
  const rule = rules.find(({ pattern }) => pattern.test(text));
  const own = isEngineError(error) ? error : undefined;
  const hint = rule?.hint(image, registry) ?? own?.hint;
  const whose = service === undefined ? '' : ` of service "${service}"`;
  const about = `Image "${image}"${whose} was not ${verb}ed.`;
  return new EngineError(rule?.kind ?? own?.kind ?? 'failed', messageOf(error), {
    resource: `image ${image}`,
    cause: error,
    ...(own?.status === undefined ? {} : { status: own.status }),
    hint: hint === undefined ? about : `${about} ${hint}`,
  });
}

/** What the engine said, without the words that every failure of it begins with. */
export function withoutPrefix(text: string): string {
  return text.replace(/^Error response from daemon: /, '');
}

function argument(registry: string): string {
  return registry === 'Docker Hub' ? '' : ` ${registry}`;
}
