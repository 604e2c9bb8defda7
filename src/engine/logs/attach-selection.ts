import type { Project } from '../../compose/model.ts';
import { fail, ok, type Result } from '../../foundation/result.ts';

export interface AttachSelection {
  /** Services named on the command line; empty: all. */
  readonly services: readonly string[];
  /** `--attach`. */
  readonly attach: readonly string[];
  /** `--no-attach`. */
  readonly noAttach: readonly string[];
  /** `--attach-dependencies`. */
  readonly dependencies: boolean;
}

/**
 * Services whose output an attached `up` shows, sorted; all of them where the flags and `attach: false` leave none,
 * as in the reference. Fails when `--attach` names another one.
 */
export function servicesToAttach(
  project: Project,
  selection: AttachSelection,
): Result<string[], string> {
  const known = Object.keys(project.services);
  const foreign = selection.attach.filter((name) => !known.includes(name));
  if (foreign.length > 0) {
    return fail(`cannot attach to services not included in up: ${foreign.join(', ')}`);
  }
  const wanted =
    selection.attach.length > 0
      ? new Set(selection.attach)
      : new Set(
          launched(project, selection).filter((name) => project.services[name]?.attach !== false),
        );
  for (const name of selection.noAttach) wanted.delete(name);
  return ok((wanted.size === 0 ? known : [...wanted]).toSorted());
}

function launched(project: Project, { services, dependencies }: AttachSelection): string[] {
  if (services.length === 0) return Object.keys(project.services);
  const found = new Set(services);
  if (dependencies) {
    for (const name of found) {
      for (const next of Object.keys(project.services[name]?.depends_on ?? {})) found.add(next);
    }
  }
  return [...found].filter((name) => Object.hasOwn(project.services, name));
}
