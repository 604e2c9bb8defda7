import { createHash } from 'node:crypto';
import { fail, ok, type Result } from '../../foundation/result.ts';
import { type Change, command, removal, restoreStep } from './change.ts';
import { canReload, DAEMON_JSON, type MergedDaemonJson, mergeDaemonJson } from './daemon-json.ts';
import { daemonConfig, type DaemonConfig } from './engine-keys.ts';
import { environmentChanges } from './plan-environment.ts';
import { TLS_DROP_IN, TLS_FOLDER, tlsDropIn } from './engine-unit.ts';
import type { PlanInput } from './plan-input.ts';
import type { EngineRecord } from './record.ts';
import { type Refusal, type Step, minute, writeStep } from './step.ts';
import { compareVersions } from './versions.ts';

/** Steps that give an engine its configuration, and what it takes for it to have effect. */
export interface Configuration {
  readonly steps: readonly Step[];
  /** Puts back what the steps replace. */
  readonly undo: readonly Step[];
  readonly effect: Effect;
  /** What tcompose wants in daemon.json. */
  readonly wanted: DaemonConfig;
  /** What differs, as lines for people. */
  readonly difference: readonly string[];
}

/** What it takes; `units`: systemd has to read its files again, the engine knows already what they say. */
export type Effect = 'none' | 'units' | 'reload' | 'restart';

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
  const wanted = wantedConfig(input, context);
  if (!wanted.ok) return wanted;
  const merged = mergeDaemonJson(
    input.facts.daemonJson,
    wanted.value,
    context.record?.daemon ?? {},
  );
  if (!merged.ok) {
    return fail({
      message: merged.error,
      hint: `correct the file on the host; nothing was changed`,
    });
  }
  const files: Change[] = [];
  const { text, difference } = merged.value;
  if (text !== undefined) {
    const foreign = !isOwnText(input.facts.daemonJson, context.record);
    files.push(daemonJsonChange(input, { text, difference, foreign }));
  }
  const environment = environmentChanges(input);
  if (!environment.ok) return environment;
  const tls = tlsChanges(input);
  if (!tls.ok) return tls;
  const units = [...environment.value, ...tls.value];
  const all = [...files, ...units];
  return ok({
    steps: all.map(({ step }) => step),
    undo: all.flatMap((change) => change.undo ?? []),
    effect: strongest([effectOf(merged.value), ...units.map(({ effect }) => effect ?? 'restart')]),
    wanted: wanted.value,
    difference: all.flatMap((change) => change.difference),
  });
}

function effectOf({ changed, gone }: MergedDaemonJson): Effect {
  if (changed.length === 0) return 'none';
  return canReload(changed, gone) ? 'reload' : 'restart';
}

const EFFECTS: readonly Effect[] = ['none', 'units', 'reload', 'restart'];

function strongest(effects: readonly Effect[]): Effect {
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

/** True when there is nothing in a daemon.json but what tcompose put there. */
function isOwnText(text: string | undefined, record: EngineRecord | undefined): boolean {
  if (text === undefined || record === undefined) return text === undefined;
  const stripped = mergeDaemonJson(text, {}, record.daemon);
  return stripped.ok && stripped.value.text?.trim() === '{}';
}

function daemonJsonChange(
  input: PlanInput,
  change: {
    readonly text: string;
    readonly difference: readonly string[];
    readonly foreign: boolean;
  },
): Change {
  const { facts } = input;
  const current = facts.daemonJson;
  const version = facts.engine?.version ?? '0';
  const backup = `${DAEMON_JSON}.before-${input.now}`;
  return {
    step: writeStep({
      title: `${current === undefined ? 'write' : 'change'} ${DAEMON_JSON}`,
      path: DAEMON_JSON,
      content: change.text,
      mode: '0644',
      details: change.difference,
      ...(change.foreign ? { backup } : {}),
      // Older ones cannot check a configuration without starting with it.
      ...(facts.engine !== undefined && compareVersions(version, '23.0') >= 0
        ? { validator: facts.engine.path }
        : {}),
    }),
    undo: change.foreign
      ? command(`put ${DAEMON_JSON} back`, ['mv', '-f', backup, DAEMON_JSON])
      : restoreStep(DAEMON_JSON, current, '0644'),
    difference: change.difference.map((line) => `${DAEMON_JSON}: ${line}`),
  };
}

/** Certificates first: the drop-in must never name files that are not there. */
function tlsChanges(input: PlanInput): Result<readonly Change[], Refusal> {
  const { engine, facts, tls } = input;
  const current = facts.dropIns[TLS_DROP_IN];
  if (engine.tlsPort === undefined) {
    return ok(current === undefined ? [] : [removal(TLS_DROP_IN, current, '0644')]);
  }
  if (tls === undefined) throw new Error('internal error: TLS without certificates');
  // Without a unit there is no engine yet; the plan is made again once there is.
  if (facts.unit === undefined) return ok([]);
  const text = tlsDropIn(facts, engine.tlsPort);
  if (!text.ok) {
    return fail({
      message: `the engine cannot be exposed with TLS: ${text.error}`,
      hint: 'SSH works without it: leave --engine-tls away',
    });
  }
  const files: readonly (readonly [string, string, string])[] = [
    ['ca.pem', tls.ca, '0644'],
    ['server.pem', tls.certificate, '0644'],
    ['server-key.pem', tls.key, '0600'],
  ];
  const changes: Change[] = files
    .filter(([name, content]) => facts.tls[name] !== sha256(content))
    .map(([name, content, mode]) => ({
      step: writeStep({
        title: `write ${TLS_FOLDER}/${name}`,
        path: `${TLS_FOLDER}/${name}`,
        content,
        mode,
        secret: true,
      }),
      difference: [`${TLS_FOLDER}/${name}`],
    }));
  if (current?.trimEnd() !== text.value.trimEnd()) {
    changes.push({
      step: writeStep({
        title: `expose the engine on port ${engine.tlsPort} with TLS`,
        path: TLS_DROP_IN,
        content: text.value,
        mode: '0644',
      }),
      undo: restoreStep(TLS_DROP_IN, current, '0644'),
      difference: [`the engine would listen on port ${engine.tlsPort} with TLS`],
    });
  }
  return ok(changes);
}

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex');
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

/** Restarts the engine; what was changed is put back, and the engine with it, when it does not come up. */
export function restartEngine(undo: readonly Step[]): Step {
  // systemd gives up on a unit that failed often, and on its socket; being asked again it shall try.
  const script =
    'systemctl daemon-reload && { systemctl reset-failed docker.service docker.socket 2>/dev/null; systemctl restart docker.service; }';
  const step: Step = {
    kind: 'engine',
    title: 'restart the engine',
    argv: ['sh', '-c', script],
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
