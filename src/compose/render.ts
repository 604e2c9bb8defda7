import type { Codec } from './codec.ts';
import { mapOf } from './codec-collection.ts';
import { renderExtensions } from './extensions.ts';
import type { Project } from './model.ts';
import {
  aiModelCodec,
  configCodec,
  networkCodec,
  secretCodec,
  volumeCodec,
} from './model-codec.ts';
import type { Rendered, Style } from './rendered.ts';
import { serviceCodec } from './service-codec.ts';
import { yamlText } from './yaml-text.ts';
import { jsonText } from './json-text.ts';

/** What of a project is printed. */
export type Printable = Pick<
  Project,
  'name' | 'services' | 'networks' | 'volumes' | 'secrets' | 'configs' | 'models' | 'extensions'
>;

const services = mapOf(serviceCodec, {});
const networks = mapOf(networkCodec, {});
const volumes = mapOf(volumeCodec, {});
const secrets = mapOf(secretCodec, {});
const configs = mapOf(configCodec, {});
const models = mapOf(aiModelCodec, {});

/**
 * The project as a Compose file that loads to the same project: canonical forms, keys in the order of
 * the model, every `$` doubled, because it will be interpolated again.
 */
export function renderYaml(project: Printable): string {
  const printed = new Map<string, Rendered>();
  if (project.name !== '') printed.set('name', project.name);
  printed.set('services', services.render(project.services, 'yaml'));
  addResources(printed, project, 'yaml');
  addIfAny(printed, 'models', models, { record: project.models, style: 'yaml' });
  for (const [key, value] of renderExtensions(project.extensions ?? {}, 'yaml')) {
    printed.set(key, value);
  }
  return yamlText(printed).replaceAll('$', '$$$$');
}

/** The project as JSON, keys of the top level sorted, without models, every `$` doubled. */
export function renderJson(project: Printable): string {
  const printed = new Map<string, Rendered>([
    ['name', project.name],
    ['services', services.render(project.services, 'json')],
  ]);
  addResources(printed, project, 'json');
  for (const [key, value] of renderExtensions(project.extensions ?? {}, 'json')) {
    printed.set(key, value);
  }
  const sorted = new Map([...printed].toSorted(([a], [b]) => (a < b ? -1 : 1)));
  return jsonText(sorted, '  ').replaceAll('$', '$$$$');
}

function addResources(printed: Map<string, Rendered>, project: Printable, style: Style): void {
  addIfAny(printed, 'networks', networks, { record: project.networks, style });
  addIfAny(printed, 'volumes', volumes, { record: project.volumes, style });
  addIfAny(printed, 'secrets', secrets, { record: project.secrets, style });
  addIfAny(printed, 'configs', configs, { record: project.configs, style });
}

function addIfAny<T extends object>(
  printed: Map<string, Rendered>,
  key: string,
  codec: Codec<T>,
  { record, style }: { readonly record: T; readonly style: Style },
): void {
  if (Object.keys(record).length > 0) printed.set(key, codec.render(record, style));
}
