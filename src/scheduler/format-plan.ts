import type { Plan, Step } from './plan.ts';

/**
 * A plan as text, one step per line, the same bytes for the same plan:
 * `[1,2] -> #3 service:web:1, create-container, not found [recreate:web:1]`.
 */
export function formatPlan({ steps }: Plan): string {
  return steps.map((step) => `${formatStep(step)}\n`).join('');
}

function formatStep({ id, after, resource, action, cause, group }: Step): string {
  const suffix = group === undefined ? '' : ` [${group}]`;
  return `[${after.join(',')}] -> #${id} ${resource}, ${action.kind}, ${cause}${suffix}`;
}

/** A plan as it is printed with `--format json`; the keys are part of tcompose's interface. */
export interface PlanJson {
  readonly steps: readonly {
    readonly id: number;
    readonly host: string;
    readonly resource: string;
    readonly action: string;
    readonly cause: string;
    readonly after: readonly number[];
    readonly group?: string;
    /** What the action is about: names, services, conditions. */
    readonly details: Readonly<Record<string, unknown>>;
  }[];
  readonly warnings: readonly string[];
}

/** The shape for `JSON.stringify`. */
export function planToJson({ steps, warnings }: Plan): PlanJson {
  return {
    steps: steps.map(({ id, host, resource, action, cause, after, group }) => {
      const { kind, ...details } = action;
      return {
        id,
        host,
        resource,
        action: kind,
        cause,
        after,
        ...(group === undefined ? {} : { group }),
        details,
      };
    }),
    warnings,
  };
}
