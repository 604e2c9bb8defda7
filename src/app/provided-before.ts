import type { Project, Service } from '../compose/model.ts';
import type { ProviderVariables } from '../compose/provider-variables.ts';
import type { Observed } from '../scheduler/observed.ts';
import type { Operation } from './operation.ts';
import type { Provided } from './providers.ts';

type Variables = readonly (readonly [string, string])[];

/**
 * What models and providers gave when the containers there are were made, for plans that must not ask
 * them: variables of containers that begin with the service's name, and that the service names as the
 * address of a model. Without containers nothing is known.
 */
export async function providedBefore(
  operation: Operation,
  project: Project,
  observed: Observed,
): Promise<Provided> {
  const variables = new Map<string, ProviderVariables>();
  const environments = new Map<string, Variables>();
  for (const service of Object.values(project.services)) {
    const providers = Object.keys(service.depends_on ?? {}).filter(
      (name) => project.services[name]?.provider !== undefined,
    );
    if (providers.length === 0 && service.models === undefined) continue;
    const given = await environmentOf(operation, observed, service);
    environments.set(service.name, given);
    for (const provider of providers) {
      const prefix = `${provider.toUpperCase()}_`;
      const mine = given.filter(
        ([key]) => key.startsWith(prefix) && !Object.hasOwn(service.environment ?? {}, key),
      );
      const prefixed = mine.map(([key, value]) => [key.slice(prefix.length), value] as const);
      const known = variables.get(provider)?.prefixed;
      variables.set(provider, { prefixed: { ...known, ...Object.fromEntries(prefixed) }, raw: {} });
    }
  }
  return {
    variables,
    endpoint: ({ name }, variable) =>
      environments.get(name)?.find(([key]) => key === variable)?.[1],
  };
}

async function environmentOf(
  { engine, session }: Operation,
  { containers }: Observed,
  { name }: Service,
): Promise<Variables> {
  const container = containers.find(({ oneOff, service }) => !oneOff && service === name);
  if (container === undefined) return [];
  const { Config: config } = await engine.client.send<Inspected>(
    { method: 'GET', path: `/containers/${container.id}/json` },
    session.signal,
  );
  return (config.Env ?? []).map(keyAndValue);
}

interface Inspected {
  readonly Config: { readonly Env?: readonly string[] | null };
}

function keyAndValue(line: string): readonly [string, string] {
  const equals = line.indexOf('=');
  return equals < 0 ? [line, ''] : [line.slice(0, equals), line.slice(equals + 1)];
}
