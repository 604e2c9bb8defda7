import type { Model, Service } from './model.ts';

type Services = Readonly<Record<string, Service>>;

/**
 * Adds to the environment of services which models they use and where these are: `LLM_MODEL` and
 * `LLM_URL` for the model `llm`, or the names that the service gives. `endpoint`: where models are
 * served to a service; undefined: that is not known and left out.
 */
export function withModelVariables(
  services: Services,
  models: Readonly<Record<string, Model>>,
  endpoint: (service: Service, variable: string) => string | undefined,
): Services {
  return Object.fromEntries(
    Object.entries(services).map(([name, service]) => {
      const used = Object.entries(service.models ?? {});
      if (used.length === 0) return [name, service] as const;
      const environment: Record<string, string | null> = { ...service.environment };
      for (const [reference, wish] of used) {
        const prefix = reference.toUpperCase().replaceAll('-', '_');
        environment[wish?.model_var || `${prefix}_MODEL`] = models[reference]?.model ?? '';
        const variable = wish?.endpoint_var || `${prefix}_URL`;
        const url = endpoint(service, variable);
        if (url !== undefined) environment[variable] = url;
      }
      return [name, { ...service, environment }] as const;
    }),
  );
}
