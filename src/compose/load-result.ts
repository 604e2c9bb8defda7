import type { Diagnostic } from './diagnostic.ts';
import type { Project } from './model.ts';
import type { MapNode } from './node.ts';

/** What loading gives, besides a project that can be deployed. */
export interface Loaded {
  readonly project: Project;
  /** Final tree with the places everything was written; for diagnostics and `config --explain`. */
  readonly tree: MapNode;
  readonly warnings: readonly Diagnostic[];
}
