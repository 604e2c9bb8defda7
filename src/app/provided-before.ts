import type { Project } from '../compose/model.ts';
import type { ProviderVariables } from '../compose/provider-variables.ts';
import type { Observed } from '../scheduler/observed.ts';
import type { Operation } from './operation.ts';

/**
 * What providers gave when the containers there are were made, for plans that must not ask them: the
 * variables of containers that begin with the service's name. Without containers nothing is known.
 */
export async function providedBefore(
  { engine, session }: Operation,
  project: Project,
  observed: Observed,
): Promise<ReadonlyMap<string, ProviderVariables>> {
  const found = new Map<string, ProviderVariables>();
  for (const service of Object.values(project.services)) {
    const providers = Object.keys(service.depends_on ?? {}).filter(
      (name) => project.services[name]?.provider !== undefined,
    );
    const container = observed.containers.find(
      (each) => !each.oneOff && each.service === service.name,
    );
    if (providers.length === 0 || container === undefined) continue;
    const { Config: config } = await engine.client.send<Inspected>(
      { method: 'GET', path: `/containers/${container.id}/json` },
      session.signal,
    );
    const given = (config.Env ?? []).map(keyAndValue);
    for (const provider of providers) {
      const prefix = `${provider.toUpperCase()}_`;
      const mine = given.filter(
        ([key]) => key.startsWith(prefix) && !Object.hasOwn(service.environment ?? {}, key),
      );
      const prefixed = mine.map(([key, value]) => [key.slice(prefix.length), value] as const);
      found.set(provider, {
        prefixed: { ...found.get(provider)?.prefixed, ...Object.fromEntries(prefixed) },
        raw: {},
      });
    }
  }
  return found;
}

interface Inspected {
  readonly Config: { readonly Env?: readonly string[] | null };
}

function keyAndValue(line: string): readonly [string, string] {
  const equals = line.indexOf('=');
  return equals < 0 ? [line, ''] : [line.slice(0, equals), line.slice(equals + 1)];
}
