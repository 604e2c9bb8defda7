import { nearest } from '../foundation/nearest.ts';
import type { Project, Service } from './model.ts';
import { missingServiceHint } from './selection.ts';
import type { ServiceCheck, ServiceFault } from './service-fault.ts';

/** Names that a service uses and the project does not declare. */
export const referenceChecks: readonly ServiceCheck[] = [
  buildContexts,
  networks,
  dependencies,
  sharedNetwork,
  volumes,
  files,
  models,
];

type Section = 'networks' | 'volumes' | 'secrets' | 'configs' | 'models';

interface Reference {
  readonly service: Service;
  /** How the text calls what is missing: `network`, `build secret`. */
  readonly kind: string;
  readonly name: string;
  readonly path: readonly (string | number)[];
}

function* undeclared(
  project: Project,
  section: Section,
  { service, kind, name, path }: Reference,
): Generator<ServiceFault> {
  if (Object.hasOwn(project[section], name)) return;
  const meant = nearest(name, Object.keys(project[section]));
  const declare = `declare it below the top-level \`${section}:\``;
  yield {
    code: `undefined-${kind.replace(' ', '-')}`,
    message: `service ${JSON.stringify(service.name)} refers to undefined ${kind} ${name}: invalid compose project`,
    path,
    hint: meant === undefined ? declare : `did you mean '${meant}'? Otherwise ${declare}`,
  };
}

function* networks(service: Service, project: Project): Generator<ServiceFault> {
  for (const name of Object.keys(service.networks ?? {})) {
    const path = ['networks', name];
    yield* undeclared(project, 'networks', { service, kind: 'network', name, path });
  }
}

function* volumes(service: Service, project: Project): Generator<ServiceFault> {
  for (const [index, { type, source = '' }] of (service.volumes ?? []).entries()) {
    if (type !== 'volume' || source === '') continue;
    const path = ['volumes', index, 'source'];
    yield* undeclared(project, 'volumes', { service, kind: 'volume', name: source, path });
  }
}

function* files(service: Service, project: Project): Generator<ServiceFault> {
  for (const [index, { source: name = '' }] of (service.build?.secrets ?? []).entries()) {
    const path = ['build', 'secrets', index, 'source'];
    yield* undeclared(project, 'secrets', { service, kind: 'build secret', name, path });
  }
  for (const [index, { source: name = '' }] of (service.configs ?? []).entries()) {
    const path = ['configs', index, 'source'];
    yield* undeclared(project, 'configs', { service, kind: 'config', name, path });
  }
  for (const [index, { source: name = '' }] of (service.secrets ?? []).entries()) {
    const path = ['secrets', index, 'source'];
    yield* undeclared(project, 'secrets', { service, kind: 'secret', name, path });
  }
}

function* models(service: Service, project: Project): Generator<ServiceFault> {
  for (const name of Object.keys(service.models ?? {})) {
    yield* undeclared(project, 'models', { service, kind: 'model', name, path: ['models', name] });
  }
}

function isEnabled(project: Project, name: string): boolean {
  return Object.hasOwn(project.services, name);
}

function mayBeMissing(project: Project, name: string, required: boolean): boolean {
  return !required && Object.hasOwn(project.disabledServices, name);
}

function* dependencies(service: Service, project: Project): Generator<ServiceFault> {
  for (const [name, { required }] of Object.entries(service.depends_on ?? {})) {
    if (isEnabled(project, name) || mayBeMissing(project, name, required)) continue;
    yield {
      code: 'undefined-dependency',
      message: `service ${JSON.stringify(service.name)} depends on undefined service ${JSON.stringify(name)}: invalid compose project`,
      path: ['depends_on', name],
      hint: missingServiceHint(project, name),
    };
  }
}

/** Normally found as a dependency already, which `network_mode: service:x` implies. */
function* sharedNetwork(service: Service, project: Project): Generator<ServiceFault> {
  const name = /^service:(.*)$/s.exec(service.network_mode ?? '')?.[1];
  if (name === undefined || isEnabled(project, name)) return;
  const dependency = service.depends_on?.[name];
  if (dependency !== undefined && !mayBeMissing(project, name, dependency.required)) return;
  yield {
    code: 'undefined-namespace',
    message: `service ${JSON.stringify(name)} not found for network_mode 'service:${name}'`,
    path: ['network_mode'],
    hint: missingServiceHint(project, name),
  };
}

function* buildContexts(service: Service, project: Project): Generator<ServiceFault> {
  for (const [context, value] of Object.entries(service.build?.additional_contexts ?? {})) {
    const target = /^service:(.*)$/s.exec(value)?.[1];
    if (target === undefined) continue;
    const found = isEnabled(project, target) ? project.services[target] : undefined;
    if (found?.build !== undefined) continue;
    const what = found === undefined ? 'unknown' : 'non-buildable';
    yield {
      code: 'build-context',
      message: `service ${JSON.stringify(service.name)} declares ${what} service ${JSON.stringify(target)} as additional contexts ${context}`,
      path: ['build', 'additional_contexts', context],
      hint: found === undefined ? missingServiceHint(project, target) : undefined,
    };
  }
}
