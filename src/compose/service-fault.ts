import type { Project, Service } from './model.ts';
import type { NodePath } from './node.ts';
import type { Span } from './source.ts';

/** A fault of a service; `path` starts below the service. */
export interface ServiceFault {
  /** What is wrong in one word or two: the part of the code behind `consistency/`. */
  readonly code: string;
  readonly message: string;
  readonly path: NodePath;
  readonly hint?: string | undefined;
}

/** Looks at one enabled service of a project. */
export type ServiceCheck = (service: Service, project: Project) => Iterable<ServiceFault>;

/** Where a part of the project was written; undefined where it has no place. */
export type SpanOf = (path: NodePath) => Span | undefined;
