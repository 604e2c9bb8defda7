import { planStop } from './container-steps.ts';
import { isReplacement, planStopOld } from './replacement.ts';
import type { PlanContext } from './up-context.ts';

/**
 * Plans to stop the services that depend on `service` with `restart: true`, before it is replaced.
 * The start phase finds them stopped and starts them again. Gives the steps to wait for.
 */
export function stopDependents(context: PlanContext, service: string): readonly number[] {
  return (context.restartDependents.get(service) ?? []).flatMap((dependent) =>
    (context.index.replicas.get(dependent) ?? []).flatMap((container) => {
      const cause = `dependency ${service} is recreated`;
      const successor = context.replicas
        .get(dependent)
        ?.find(({ replaces }) => replaces?.id === container.id);
      const step =
        successor !== undefined && isReplacement(successor)
          ? planStopOld(context, { ...successor, cause }, [])
          : planStop(context, container, { cause });
      return step === undefined ? [] : [step];
    }),
  );
}
