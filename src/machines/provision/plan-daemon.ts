import { fail, ok, type Result } from '../../foundation/result.ts';
import { type Change, command, restoreStep } from './change.ts';
import { canReload, DAEMON_JSON, type MergedDaemonJson, mergeDaemonJson } from './daemon-json.ts';
import { type ExposedUnit, exposedUnit, moveOptions, openPorts } from './docker-machine-unit.ts';
import { type EngineCommand, engineCommand } from './engine-command.ts';
import { type DaemonConfig, keyOfFlag } from './engine-keys.ts';
import { TLS_DROP_IN } from './engine-unit.ts';
import { type HostFacts, parseObject } from './facts.ts';
import { type FileOfSet, replaceStep, restoreSet } from './file-set.ts';
import type { PlanInput } from './plan-input.ts';
import type { EngineRecord } from './record.ts';
import { type Refusal, writeStep } from './step.ts';
import { compareVersions } from './versions.ts';

/** What daemon.json gets. */
export interface DaemonChanges {
  readonly changes: readonly Change[];
  /** What of it is there because tcompose wants it. */
  readonly put: DaemonConfig;
}

/**
 * What daemon.json gets. Where docker-machine has told the engine options by its command, they move there as soon as
 * there is something to change, or the port is to be closed: dockerd takes no option from both places.
 */
export function daemonChanges(
  input: PlanInput,
  record: EngineRecord | undefined,
  wanted: DaemonConfig,
): Result<DaemonChanges, Refusal> {
  const { facts, close = false } = input;
  const earlier = record?.daemon ?? {};
  const merged = mergeDaemonJson(facts.daemonJson, wanted, earlier);
  if (!merged.ok) return broken(merged.error);
  const exposed = exposedUnit(facts);
  if (exposed !== undefined && (close || merged.value.text !== undefined)) {
    return movingChanges(input, exposed, { wanted, earlier });
  }
  const open = close ? openElsewhere(facts) : undefined;
  if (open !== undefined) return open;
  if (merged.value.text === undefined) return ok({ changes: [], put: wanted });
  const conflict = conflictOf(engineCommand(facts, [TLS_DROP_IN]), merged.value);
  if (conflict !== undefined) return conflict;
  const foreign = !isOwnText(facts.daemonJson, record);
  return ok({ changes: [daemonJsonChange(input, merged.value, foreign)], put: wanted });
}

function broken(message: string): Result<never, Refusal> {
  return fail({ message, hint: 'correct the file on the host; nothing was changed' });
}

interface Wishes {
  readonly wanted: DaemonConfig;
  readonly earlier: DaemonConfig;
}

function movingChanges(
  input: PlanInput,
  exposed: ExposedUnit,
  { wanted, earlier }: Wishes,
): Result<DaemonChanges, Refusal> {
  const { facts, close = false, now } = input;
  const { path, port } = exposed;
  const moved = moveOptions(facts, exposed, close);
  if (!moved.ok) {
    return fail({
      message: `${close ? `port ${port} cannot be closed` : 'the engine cannot be configured'}: ${moved.error}`,
      hint: `take it out of there, or put it into ${DAEMON_JSON} yourself, and restart the engine; nothing was changed`,
    });
  }
  const { config, command: after, text, gone } = moved.value;
  const merged = mergeDaemonJson(facts.daemonJson, wanted, earlier, config);
  const asItIs = mergeDaemonJson(facts.daemonJson, {}, {}, config);
  if (!merged.ok || !asItIs.ok) return broken(merged.ok ? '' : merged.error);
  // What is wanted is there already, said by the command.
  if (!close && merged.value.text === asItIs.value.text) return ok({ changes: [], put: earlier });
  const conflict = conflictOf(after, merged.value);
  if (conflict !== undefined) return conflict;
  const files: FileOfSet[] = [];
  const keep = (file: Omit<FileOfSet, 'backup' | 'mode'>): void => {
    files.push({ ...file, mode: '0644', backup: `${file.path}.before-${now}` });
  };
  if (merged.value.text !== undefined) keep({ path: DAEMON_JSON, content: merged.value.text });
  keep({ path, content: text });
  const details = [...merged.value.difference, ...gone.map((word) => `- ${word}`)];
  const change: Change = {
    step: replaceStep({
      title: close
        ? `close port ${port}, which docker-machine has opened`
        : `move what ${path} says into ${DAEMON_JSON}`,
      files,
      secret: false,
      details,
      ...(merged.value.text === undefined ? {} : validatorOf(facts)),
    }),
    undo: restoreSet(`put ${path} back`, files),
    difference: merged.value.difference.map((line) => `${DAEMON_JSON}: ${line}`),
    effect: close ? 'socket' : 'restart',
  };
  return ok({ changes: [change], put: wanted });
}

/** A port that somebody else has opened is theirs to close. */
function openElsewhere(facts: HostFacts): Result<never, Refusal> | undefined {
  const command = engineCommand(facts, [TLS_DROP_IN]);
  const hosts = parseObject(facts.daemonJson ?? '')?.['hosts'];
  const texts = Array.isArray(hosts) ? hosts.map(String) : [];
  const listed = texts.find((host) => host.startsWith('tcp:'));
  const says =
    command !== undefined && openPorts(command).length > 0
      ? `${command.path} has ${command.text}`
      : listed !== undefined
        ? `${DAEMON_JSON} has ${listed} among its hosts`
        : undefined;
  if (says === undefined) return undefined;
  return fail({
    message: `the port of the engine cannot be closed: ${says}, which neither docker-machine nor tcompose wrote`,
    hint: 'take it out there, then `systemctl daemon-reload && systemctl restart docker` on the host',
  });
}

/** An engine that is told something twice does not start, and one that runs finds out at the next boot. */
function conflictOf(
  command: EngineCommand | undefined,
  { changed, gone }: MergedDaemonJson,
): Result<never, Refusal> | undefined {
  const flag = command?.flags.find(({ name }) => {
    const key = keyOfFlag(name);
    return key !== undefined && changed.includes(key) && !gone.includes(key);
  });
  if (command === undefined || flag === undefined) return undefined;
  return fail({
    message: `the unit of the engine says ${flag.raw} (${command.path}), and dockerd takes no option from its command and from ${DAEMON_JSON} both`,
    hint: `move it into ${DAEMON_JSON} on the host and restart the engine; nothing was changed`,
  });
}

/** True when there is nothing in a daemon.json but what tcompose put there. */
function isOwnText(text: string | undefined, record: EngineRecord | undefined): boolean {
  if (text === undefined || record === undefined) return text === undefined;
  const stripped = mergeDaemonJson(text, {}, record.daemon);
  return stripped.ok && stripped.value.text?.trim() === '{}';
}

function daemonJsonChange(input: PlanInput, merged: MergedDaemonJson, foreign: boolean): Change {
  const { facts } = input;
  const current = facts.daemonJson;
  const { text = '', changed, gone, difference } = merged;
  const backup = `${DAEMON_JSON}.before-${input.now}`;
  return {
    step: writeStep({
      title: `${current === undefined ? 'write' : 'change'} ${DAEMON_JSON}`,
      path: DAEMON_JSON,
      content: text,
      mode: '0644',
      details: difference,
      ...(foreign ? { backup } : {}),
      ...validatorOf(facts),
    }),
    undo: foreign
      ? command(`put ${DAEMON_JSON} back`, ['mv', '-f', backup, DAEMON_JSON])
      : restoreStep(DAEMON_JSON, current, '0644'),
    difference: difference.map((line) => `${DAEMON_JSON}: ${line}`),
    effect: canReload(changed, gone) ? 'reload' : 'restart',
  };
}

/** Older ones cannot check a configuration without starting with it. */
function validatorOf({ engine }: HostFacts): { readonly validator?: string } {
  return engine !== undefined && compareVersions(engine.version, '23.0') >= 0
    ? { validator: engine.path }
    : {};
}
