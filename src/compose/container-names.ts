import type { Diagnostic } from './diagnostic.ts';
import type { Project } from './model.ts';
import { formatPath } from './node.ts';
import type { SpanOf } from './service-fault.ts';

/** Faults for services that ask for one and the same `container_name`. */
export function checkContainerNames(project: Project, spanOf: SpanOf): Diagnostic[] {
  const owners = new Map<string, string>();
  const faults: Diagnostic[] = [];
  for (const [service, { container_name: name }] of Object.entries(project.services)) {
    if (name === undefined || name === '') continue;
    const owner = owners.get(name);
    if (owner === undefined) {
      owners.set(name, service);
      continue;
    }
    const path = ['services', service, 'container_name'];
    const span = spanOf(path);
    const first = spanOf(['services', owner, 'container_name']);
    const quoted = JSON.stringify(name);
    faults.push({
      severity: 'error',
      code: 'consistency/container-name',
      message: `services.${service}: container name ${quoted} is already in use by service ${owner}`,
      path: formatPath(path),
      ...(span === undefined ? {} : { span }),
      notes: [{ message: 'also here', ...(first === undefined ? {} : { span: first }) }],
      hint: 'names of containers are unique on an engine: leave container_name out, or give another one',
    });
  }
  return faults;
}
