import { fail, ok, type Result } from '../../foundation/result.ts';
import { type Change, removal, restoreStep } from './change.ts';
import { unitVariables } from './engine-command.ts';
import {
  earlierEnvDropIn,
  ENV_DROP_IN,
  ENV_DROP_IN_TEXT,
  ENV_FILE,
  envFile,
} from './engine-unit.ts';
import type { PlanInput } from './plan-input.ts';
import { type Refusal, writeStep } from './step.ts';

/** What gives the engine its environment: the file first, as a unit must never name one that is not there. */
export function environmentChanges({
  engine,
  facts,
}: PlanInput): Result<readonly Change[], Refusal> {
  const dropIn = facts.dropIns[ENV_DROP_IN];
  const current = facts.engineEnv;
  // What docker-machine or an administrator gives it already is not given twice.
  const given = unitVariables(facts, [ENV_DROP_IN]);
  if (engine.env.every((variable) => given.has(variable))) {
    return ok([
      ...(dropIn === undefined ? [] : [removal(ENV_DROP_IN, dropIn, '0600')]),
      ...(current === undefined ? [] : [removal(ENV_FILE, current, '0600')]),
    ]);
  }
  const text = envFile(engine.env);
  if (!text.ok) {
    return fail({ message: text.error, hint: 'as in --engine-env HTTP_PROXY=http://…' });
  }
  const names = engine.env.map((variable) => variable.split('=')[0]).join(', ');
  // Only where the variables are written has changed: an engine that runs has them already.
  const moved = dropIn?.trimEnd() === earlierEnvDropIn(engine.env).trimEnd();
  const effect = moved ? { effect: 'units' as const } : {};
  const changes: Change[] = [];
  if (current?.trimEnd() !== text.value.trimEnd()) {
    changes.push({
      step: writeStep({
        title: moved
          ? 'keep the environment of the engine from other users'
          : 'set the environment of the engine',
        path: ENV_FILE,
        content: text.value,
        // Proxies' addresses have passwords in them.
        mode: '0600',
        secret: true,
        details: [`environment: ${names}`],
      }),
      undo: restoreStep(ENV_FILE, current, '0600'),
      difference: [`environment of the engine: ${names}`],
      ...effect,
    });
  }
  if (dropIn?.trimEnd() !== ENV_DROP_IN_TEXT.trimEnd()) {
    changes.push({
      step: {
        ...writeStep({
          title: 'have the engine use it',
          path: ENV_DROP_IN,
          content: ENV_DROP_IN_TEXT,
          mode: '0644',
        }),
        quiet: changes.length > 0,
      },
      undo: restoreStep(ENV_DROP_IN, dropIn, '0600'),
      difference: changes.length > 0 ? [] : [`environment of the engine: ${names}`],
      ...effect,
    });
  }
  return ok(changes);
}
