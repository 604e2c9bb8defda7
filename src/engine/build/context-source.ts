/** Where a build context or an additional context comes from. */
export type ContextSource =
  | { readonly kind: 'directory'; readonly path: string }
  /** Fetched by the builder: a Git repository or an archive. */
  | { readonly kind: 'remote'; readonly url: string }
  | { readonly kind: 'service'; readonly service: string }
  /** `docker-image://…`, `oci-layout://…` and what else BuildKit knows. */
  | { readonly kind: 'scheme'; readonly value: string };

/** Reads `build.context` or a value of `build.additional_contexts`. */
export function contextSource(value: string): ContextSource {
  if (value.startsWith('service:')) {
    return { kind: 'service', service: value.slice('service:'.length) };
  }
  if (isGitUrl(value) || /^https?:\/\//.test(value)) return { kind: 'remote', url: value };
  if (value.includes('://')) return { kind: 'scheme', value };
  return { kind: 'directory', path: value };
}

function isGitUrl(value: string): boolean {
  return (
    /^https?:\/\/.*\.git(?:#.+)?$/.test(value) ||
    /^(?:git|ssh):\/\//.test(value) ||
    /^(?:github\.com\/|git@)/.test(value)
  );
}
