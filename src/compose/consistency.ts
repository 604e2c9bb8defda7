import { referenceChecks } from './consistency-references.ts';
import { valueChecks } from './consistency-values.ts';
import { dependencyGraph } from './dependency-graph.ts';
import type { Diagnostic } from './diagnostic.ts';
import type { Project } from './model.ts';
import { formatPath } from './node.ts';
import type { NodePath } from './node.ts';
import type { ServiceFault, SpanOf } from './service-fault.ts';
import type { Span } from './source.ts';

/**
 * Faults between the parts of a project: references to what is not declared, settings that exclude
 * each other, dependency cycles. Only enabled services are looked at; all faults are reported.
 */
export function checkConsistency(project: Project, spanOf: SpanOf): Diagnostic[] {
  const found: Diagnostic[] = [];
  for (const [name, service] of Object.entries(project.services)) {
    for (const check of [...valueChecks, ...referenceChecks]) {
      for (const { path, ...fault } of check(service, project)) {
        found.push(diagnosticAt(['services', name, ...path], fault, spanOf));
      }
    }
  }
  return [...found, ...secretsWithoutSource(project, spanOf), ...cycles(project, spanOf)];
}

function diagnosticAt(
  path: NodePath,
  fault: Omit<ServiceFault, 'path'>,
  spanOf: SpanOf,
): Diagnostic {
  const span = nearestSpan(path, spanOf);
  return {
    severity: 'error',
    code: `consistency/${fault.code}`,
    message: fault.message,
    path: formatPath(path),
    ...(span === undefined ? {} : { span }),
    ...(fault.hint === undefined ? {} : { hint: fault.hint }),
  };
}

/** The place of `path`, or of the innermost part around it that has one. */
function nearestSpan(path: NodePath, spanOf: SpanOf): Span | undefined {
  for (let length = path.length; length > 0; length -= 1) {
    const span = spanOf(path.slice(0, length));
    if (span !== undefined) return span;
  }
  return undefined;
}

function secretsWithoutSource(project: Project, spanOf: SpanOf): Diagnostic[] {
  return Object.entries(project.secrets).flatMap(([name, secret]) => {
    if (secret.external === true) return [];
    if ((secret.file ?? '') !== '' || (secret.environment ?? '') !== '') return [];
    const message = `secret ${JSON.stringify(name)} must declare either \`file\` or \`environment\`: invalid compose project`;
    return [diagnosticAt(['secrets', name], { code: 'secret-source', message }, spanOf)];
  });
}

function cycles(project: Project, spanOf: SpanOf): Diagnostic[] {
  return dependencyGraph(project.services).cycles.map((cycle) => {
    const edges = cycle.slice(1).map((to, index): Edge => ({ from: cycle[index] ?? '', to }));
    const [first, ...rest] = edges.map((edge) => ({
      message: `${edge.from} depends on ${edge.to}`,
      path: ['services', edge.from, 'depends_on', edge.to],
    }));
    const notes = rest.map(({ message, path }) => {
      const span = nearestSpan(path, spanOf);
      return span === undefined ? { message } : { message, span };
    });
    const message = `dependency cycle detected: ${cycle.join(' -> ')}`;
    return {
      ...diagnosticAt(first?.path ?? ['services'], { code: 'dependency-cycle', message }, spanOf),
      ...(notes.length === 0 ? {} : { notes }),
    };
  });
}

interface Edge {
  readonly from: string;
  readonly to: string;
}
