import { LABEL } from '../compose/labels.ts';
import type { Dependency, DependencyCondition, Project, Service } from '../compose/model.ts';
import { compareText } from './container-index.ts';
import type { Observed } from './observed.ts';

/**
 * The project as far as an engine remembers it, for commands that are given only its name: services
 * and their dependencies from the labels of containers, networks and volumes from their own.
 */
export function projectFromLabels(name: string, observed: Observed): Project {
  const services = new Map<string, Service>();
  const containers = [...observed.containers].sort((left, right) =>
    compareText(left.name, right.name),
  );
  for (const container of containers) {
    const { service, oneOff, labels, image } = container;
    if (oneOff || labels[LABEL.configHash] === undefined) continue;
    const known = services.get(service);
    const dependencies = parseDependencies(labels[LABEL.dependsOn]);
    services.set(service, {
      name: service,
      image,
      scale: (known?.scale ?? 0) + 1,
      ...(dependencies === undefined ? {} : { depends_on: dependencies }),
    });
  }
  const first = containers[0]?.labels ?? {};
  return {
    name,
    workingDir: first[LABEL.workingDir] ?? '/',
    composeFiles: (first[LABEL.configFiles] ?? '').split(',').filter((file) => file !== ''),
    envFiles: [],
    environment: {},
    profiles: [],
    services: Object.fromEntries([...services].sort(([left], [right]) => compareText(left, right))),
    disabledServices: {},
    networks: byKey(LABEL.network, name, observed.networks),
    volumes: byKey(LABEL.volume, name, observed.volumes),
    secrets: {},
    configs: {},
    models: {},
  };
}

/** `db:service_healthy:false,cache:service_started:true`; early releases wrote only names. */
function parseDependencies(
  label: string | undefined,
): Readonly<Record<string, Dependency>> | undefined {
  if (label === undefined || label === '') return undefined;
  return Object.fromEntries(
    label
      .split(',')
      .sort()
      .map((part): [string, Dependency] => {
        const [name = '', condition = 'service_started', restart = 'true'] = part.split(':');
        return [
          name,
          {
            condition: condition as DependencyCondition,
            restart: restart === 'true',
            // What was taken away meanwhile must not be in the way.
            required: false,
          },
        ];
      }),
  );
}

function byKey(
  label: string,
  project: string,
  resources: readonly {
    readonly name: string;
    readonly driver: string;
    readonly labels: Readonly<Record<string, string>>;
  }[],
): Readonly<Record<string, { readonly name: string; readonly driver: string }>> {
  return Object.fromEntries(
    resources.flatMap(({ name, driver, labels }) => {
      const key = labels[label];
      if (key === undefined || labels[LABEL.project] !== project) return [];
      return [[key, { name, driver }]];
    }),
  );
}
