import type { Service, StringMap } from './model.ts';

/** What a provider gives to the services that depend on its service. */
export interface ProviderVariables {
  /** Named after the service: `URL` of `database` becomes `DATABASE_URL`. */
  readonly prefixed: StringMap;
  /** Named as they are. */
  readonly raw: StringMap;
}

type Services = Readonly<Record<string, Service>>;

export interface ProvidedServices {
  readonly services: Services;
  readonly warnings: readonly string[];
}

/**
 * Adds to the environment of services what the providers they directly depend on gave; `variables` by
 * service with a provider, in the order in which they count.
 */
export function withProviderVariables(
  services: Services,
  variables: ReadonlyMap<string, ProviderVariables>,
): ProvidedServices {
  const warnings: string[] = [];
  const changed = Object.entries(services).map(([name, service]) => {
    const providers = [...variables].filter(([provider]) =>
      Object.hasOwn(service.depends_on ?? {}, provider),
    );
    if (providers.length === 0) return [name, service] as const;
    const environment: Record<string, string | null> = { ...service.environment };
    for (const [provider, { prefixed, raw }] of providers) {
      for (const [key, value] of Object.entries(prefixed)) {
        environment[`${provider.toUpperCase()}_${key}`] = value;
      }
      for (const [key, value] of Object.entries(raw)) {
        if (Object.hasOwn(environment, key) && environment[key] !== value) {
          warnings.push(
            `provider "${provider}" overrides environment variable "${key}" in service "${name}"`,
          );
        }
        environment[key] = value;
      }
    }
    return [name, { ...service, environment }] as const;
  });
  return { services: Object.fromEntries(changed), warnings };
}
