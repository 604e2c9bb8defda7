import type { Action, ContainerRef, Plan, Step } from './plan.ts';

/** A step before it has a number; `after` may repeat ids. */
export interface StepDraft {
  readonly resource: string;
  readonly cause: string;
  readonly after?: Iterable<number>;
  readonly group?: string | undefined;
  readonly action: Action;
  readonly rollback?: readonly Action[];
}

/** Collects the steps of one host's plan; ids count from 1 in the order of `add`. */
export class PlanBuilder {
  readonly #host: string;
  readonly #steps: Step[] = [];
  readonly #warnings: string[] = [];

  constructor(host: string) {
    this.#host = host;
  }

  /** Appends a step and gives its id. Everything it comes after must have been added before. */
  add({ resource, cause, after = [], group, action, rollback = [] }: StepDraft): number {
    const id = this.#steps.length + 1;
    const before = [...new Set(after)].sort((left, right) => left - right);
    if ((before.at(-1) ?? 0) >= id) throw new Error(`step ${id} cannot come after a later one`);
    this.#steps.push({
      id,
      host: this.#host,
      resource,
      cause,
      after: before,
      ...(group === undefined ? {} : { group }),
      action,
      ...(rollback.length === 0 ? {} : { rollback }),
    });
    return id;
  }

  warn(text: string): void {
    if (!this.#warnings.includes(text)) this.#warnings.push(text);
  }

  build(): Plan {
    return { steps: this.#steps, warnings: this.#warnings };
  }
}

/** Refers to a container that exists. */
export function existing({
  id,
  name,
}: {
  readonly id: string;
  readonly name: string;
}): ContainerRef {
  return { id, name };
}
