import { fail, ok, type Result } from '../../foundation/result.ts';
import type { Change, Effect } from './change.ts';
import { daemonConfig, type DaemonConfig } from './engine-keys.ts';
import { daemonChanges } from './plan-daemon.ts';
import { environmentChanges } from './plan-environment.ts';
import { tlsChanges } from './plan-tls.ts';
import type { PlanInput } from './plan-input.ts';
import type { EngineRecord } from './record.ts';
import { type Refusal, type Step, minute } from './step.ts';

/** Steps that give an engine its configuration, and what it takes for it to have effect. */
export interface Configuration {
  readonly changes: readonly Change[];
  readonly effect: Effect;
  /** What tcompose wants in daemon.json. */
  readonly wanted: DaemonConfig;
  /** What differs, as lines for people. */
  readonly difference: readonly string[];
}

/** What a kind of host wants of the keys that nobody asked for. */
export interface ConfigurationContext {
  /** The engine is new, or was installed by tcompose. */
  readonly own: boolean;
  /** There is no engine yet. */
  readonly fresh: boolean;
  /** False: only what was asked for, to tell what is left alone. */
  readonly defaults: boolean;
  readonly record: EngineRecord | undefined;
}

/** What has to change so that the engine is configured as it was asked for. */
export function planConfiguration(
  input: PlanInput,
  context: ConfigurationContext,
): Result<Configuration, Refusal> {
  // Where only the port is the matter, daemon.json is not looked through for what it was given before.
  const only = input.only === 'exposure';
  const wanted = only ? ok({}) : wantedConfig(input, context);
  if (!wanted.ok) return wanted;
  const daemon = daemonChanges(input, only ? undefined : context.record, wanted.value);
  if (!daemon.ok) return daemon;
  const environment = only ? ok([]) : environmentChanges(input);
  if (!environment.ok) return environment;
  const tls = tlsChanges(input);
  if (!tls.ok) return tls;
  const changes = [...daemon.value.changes, ...environment.value, ...tls.value];
  return ok({
    changes,
    effect: strongest(changes.map(({ effect }) => effect ?? 'restart')),
    wanted: only ? (context.record?.daemon ?? {}) : daemon.value.put,
    difference: changes.flatMap(({ difference }) => difference),
  });
}

const EFFECTS: readonly Effect[] = ['none', 'units', 'reload', 'restart', 'socket'];

/** The one of several effects that has the others in it. */
export function strongest(effects: readonly Effect[]): Effect {
  return EFFECTS.findLast((effect) => effects.includes(effect)) ?? 'none';
}

function wantedConfig(
  { engine, facts, provider }: PlanInput,
  { own, fresh, defaults, record }: ConfigurationContext,
): Result<DaemonConfig, Refusal> {
  const labels = [...engine.labels];
  if (defaults && !labels.some((label) => label.startsWith('provider='))) {
    labels.push(`provider=${provider}`);
  }
  const config = daemonConfig({ ...engine, labels });
  if (!config.ok) {
    return fail({
      message: config.error.join('\n'),
      hint: 'see `man dockerd` for what an engine can be told',
    });
  }
  const earlierDriver = record?.daemon['storage-driver'];
  const driver = fresh ? engine.storageDriver : earlierDriver;
  return ok({
    // Containers survive restarts of the engine; members of a swarm cannot have that.
    ...(own && defaults && facts.engine?.info?.swarm !== true ? { 'live-restore': true } : {}),
    ...config.value,
    ...(driver === undefined ? {} : { 'storage-driver': driver }),
  });
}

const ACTIVE = ['systemctl', 'is-active', '--quiet', 'docker.service'] as const;

/** Starts the engine, now and at every boot. */
export function startEngine(): Step {
  return {
    kind: 'engine',
    title: 'start the engine',
    // Packages have mostly done it already; asking again would take seconds.
    argv: [
      'sh',
      '-c',
      'systemctl is-active --quiet docker.service && systemctl is-enabled --quiet docker.service || { systemctl daemon-reload; systemctl reset-failed docker.service docker.socket 2>/dev/null; systemctl enable --now docker.service; }',
    ],
    timeout: 3 * minute,
    changes: true,
    check: ACTIVE,
  };
}

/**
 * Restarts the engine; what was changed is put back, and the engine with it, when it does not come up. `socket`: also
 * the socket that systemd holds for it, whose file an engine that made its own has taken away.
 */
export function restartEngine(undo: readonly Step[], { socket = false } = {}): Step {
  // systemd gives up on a unit that failed often, and on its socket; being asked again it shall try.
  const again = 'systemctl reset-failed docker.service docker.socket 2>/dev/null';
  const units = socket
    ? '$(systemctl is-active --quiet docker.socket && echo docker.socket) docker.service'
    : 'docker.service';
  const step: Step = {
    kind: 'engine',
    title: 'restart the engine',
    argv: ['sh', '-c', `systemctl daemon-reload && { ${again}; systemctl restart ${units}; }`],
    timeout: 3 * minute,
    changes: true,
    check: ACTIVE,
  };
  return undo.length === 0 ? step : { ...step, undo: [...undo, step] };
}

/** Has systemd read unit files that are the same to the engine. */
export function reloadUnits(): Step {
  return {
    kind: 'system',
    title: 'have systemd read its files again',
    argv: ['systemctl', 'daemon-reload'],
    timeout: minute,
    changes: true,
    quiet: true,
  };
}

/** Has the running engine read its configuration again. */
export function reloadEngine(): Step {
  return {
    kind: 'engine',
    title: 'have the engine read its configuration again',
    argv: ['sh', '-c', 'systemctl daemon-reload; systemctl reload docker.service'],
    timeout: minute,
    changes: true,
    check: ACTIVE,
  };
}
