import type { Span } from './source.ts';

/** A second place that explains a diagnostic: where it was first defined, which file overrode it. */
export interface DiagnosticNote {
  readonly message: string;
  readonly span?: Span;
}

/**
 * A fault in the user's input. All faults of a run are collected.
 *
 * `code` is `area/kebab-name` (`yaml/duplicate-key`, `schema/unknown-key`, `interpolation/required`);
 * `message` is one sentence or phrase in the wording of the reference implementation where scripts
 * search for it; `span` says where; `path` is the trail in the model (`services.web.ports[0]`).
 */
export interface Diagnostic {
  readonly severity: 'error' | 'warning';
  readonly code: string;
  readonly message: string;
  readonly span?: Span;
  readonly path?: string;
  readonly notes?: readonly DiagnosticNote[];
  /** What would help: did-you-mean, the flag or line to write. */
  readonly hint?: string;
}
