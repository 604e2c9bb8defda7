import { byBytes } from './byte-order.ts';
import type { Codec } from './codec.ts';
import { Place } from './codec.ts';
import type { Diagnostic } from './diagnostic.ts';
import { extensionsOf } from './extensions.ts';
import type { Project } from './model.ts';
import {
  aiModelCodec,
  byName,
  configCodec,
  networkCodec,
  secretCodec,
  volumeCodec,
} from './model-codec.ts';
import type { MapNode } from './node.ts';
import { serviceCodec } from './service-codec.ts';

/** What a project has besides its files' content. */
export type ProjectMeta = Pick<
  Project,
  'name' | 'workingDir' | 'composeFiles' | 'envFiles' | 'environment' | 'profiles'
>;

export interface Decoded {
  readonly project: Project;
  /** Every value that cannot be read; the project lacks them. */
  readonly diagnostics: readonly Diagnostic[];
}

const services = byName(serviceCodec);
const networks = byName(networkCodec);
const volumes = byName(volumeCodec);
const secrets = byName(secretCodec);
const configs = byName(configCodec);
const models = byName(aiModelCodec);

/**
 * The typed model of a canonical, normalised tree that has passed the schema check. All services
 * are enabled; elements are sorted by name.
 */
export function decodeProject(tree: MapNode, meta: ProjectMeta): Decoded {
  const diagnostics: Diagnostic[] = [];
  const decode = <T>(key: string, codec: Codec<Readonly<Record<string, T>>>): Record<string, T> => {
    const node = tree.entries.get(key)?.value;
    const decoded =
      node === undefined ? undefined : codec.decode(node, new Place(diagnostics, key, false));
    return sortedByName(decoded ?? {});
  };
  const unnamed = decode('services', services);
  const extensions = extensionsOf(tree);
  const project: Project = {
    ...meta,
    services: sortedByName(
      Object.fromEntries(
        Object.entries(unnamed).map(([name, service]) => [name, { name, ...service }]),
      ),
    ),
    disabledServices: {},
    networks: decode('networks', networks),
    volumes: decode('volumes', volumes),
    secrets: decode('secrets', secrets),
    configs: decode('configs', configs),
    models: decode('models', models),
    ...(extensions === undefined ? {} : { extensions }),
  };
  return { project, diagnostics };
}

function sortedByName<T>(record: Readonly<Record<string, T>>): Record<string, T> {
  return Object.fromEntries(Object.entries(record).toSorted(([a], [b]) => byBytes(a, b)));
}
