import { resourceOf } from './container-steps.ts';
import { containerName } from './names.ts';
import { existing } from './plan-builder.ts';
import { recreateGroup, retiredName } from './replacement.ts';
import type { ServiceDecision } from './service-decision.ts';
import type { UpContext } from './up-context.ts';

/**
 * Plans to rename containers that are about to be replaced and carry a name that another service
 * gets: names may move between services in a circle. A container can be renamed while it runs.
 */
export function planContestedNames(context: UpContext): void {
  const { decisions, plan, aside } = context;
  const wanted = new Map(
    [...decisions.values()].flatMap((decision) =>
      wantedNames(context, decision).map((name) => [name, decision.service.name]),
    ),
  );
  for (const { replace } of decisions.values()) {
    for (const { container } of replace) {
      const taker = wanted.get(container.name);
      if (taker === undefined) continue;
      const step = plan.add({
        resource: resourceOf(container),
        cause: `service ${taker} takes over its name`,
        group: recreateGroup(container),
        action: {
          kind: 'rename-container',
          container: existing(container),
          name: retiredName(container),
        },
      });
      aside.set(container.id, step);
    }
  }
}

/** Names that a service gives to containers that do not carry them yet. */
function wantedNames(
  { project, separator }: UpContext,
  { service, create, replace }: ServiceDecision,
): readonly string[] {
  const nameOf = (number: number): string => containerName(project, service, number, separator);
  return [
    ...create.map(({ number }) => nameOf(number)),
    ...replace.flatMap(({ container: { number, name } }) =>
      nameOf(number) === name ? [] : [nameOf(number)],
    ),
  ];
}
