import type { StringMap } from './model-basics.ts';
import { nodeAt, stringNode } from './node.ts';
import type { MapNode, Node, SequenceNode } from './node.ts';
import { mapValues, withEntry } from './tree-edit.ts';

/**
 * Where content from the environment goes in the tree of a secret or config: beside `environment`,
 * which excludes `content`, and as an extension, so that an included tree passes the schema again.
 */
export const environmentContentKey = 'x-#value';

/**
 * Fills in what is taken from the environment of the command: variables of services that are listed
 * without a value, and the content of secrets and configs that name a variable.
 */
export function resolveEnvironment(model: MapNode, environment: StringMap): MapNode {
  const services = eachEntry(model, 'services', (service) => {
    const variables = nodeAt(service, ['environment']);
    if (variables?.kind !== 'seq') return service;
    return withEntry(service, 'environment', fillList(variables, environment));
  });
  const secrets = eachEntry(services, 'secrets', (secret) => fillContent(secret, environment));
  return eachEntry(secrets, 'configs', (config) => fillContent(config, environment));
}

/** Moves content from the environment to where a project has it; when no file is merged any more. */
export function settleContent(model: MapNode): MapNode {
  const settle = (object: MapNode): MapNode => {
    const filled = object.entries.get(environmentContentKey);
    if (filled === undefined) return object;
    const entries = new Map(object.entries);
    entries.delete(environmentContentKey);
    entries.set('content', filled);
    return { ...object, entries };
  };
  return eachEntry(eachEntry(model, 'secrets', settle), 'configs', settle);
}

function fillList(list: SequenceNode, environment: StringMap): SequenceNode {
  const items = list.items.flatMap((item): Node[] => {
    if (item.kind !== 'scalar' || typeof item.value !== 'string') return [];
    const found = valueOf(environment, item.value);
    return [found === undefined ? item : { ...item, value: `${item.value}=${found}` }];
  });
  return { ...list, items };
}

function fillContent(object: MapNode, environment: StringMap): MapNode {
  const name = object.entries.get('environment')?.value;
  if (name?.kind !== 'scalar' || typeof name.value !== 'string') return object;
  const found = valueOf(environment, name.value);
  if (found === undefined) return object;
  return withEntry(object, environmentContentKey, stringNode(found, name.span));
}

function valueOf(environment: StringMap, name: string): string | undefined {
  return Object.hasOwn(environment, name) ? environment[name] : undefined;
}

function eachEntry(model: MapNode, section: string, change: (entry: MapNode) => MapNode): MapNode {
  const value = model.entries.get(section)?.value;
  if (value?.kind !== 'map') return model;
  const made = mapValues(value, (entry) => (entry.kind === 'map' ? change(entry) : entry));
  return made === value ? model : withEntry(model, section, made);
}
