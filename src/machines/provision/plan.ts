import { fail, ok, type Result } from '../../foundation/result.ts';
import type { HostFacts, RootlessFacts } from './facts.ts';
import type { Change, Effect } from './change.ts';
import { exposedUnit } from './docker-machine-unit.ts';
import {
  planConfiguration,
  reloadEngine,
  reloadUnits,
  restartEngine,
  startEngine,
  strongest,
} from './plan-config.ts';
import { planInstallation } from './plan-install.ts';
import { addToGroup, setHostname, waitForCloudInit } from './plan-system.ts';
import type { PlanInput } from './plan-input.ts';
import { type EngineRecord, parseRecord, RECORD, recordText } from './record.ts';
import { rootRefusal } from './root-access.ts';
import { type Plan, type Refusal, type Step, writeStep } from './step.ts';
import { upstreamVersion, versionMatches } from './versions.ts';

/**
 * What has to be done so that a host is as it was asked for: nothing when it is. Pure: the same host and wishes give
 * the same steps.
 */
export function planHost(input: PlanInput): Result<Plan, Refusal> {
  const { facts } = input;
  if (facts.cloudInit === 'running') {
    return withRights(input, {
      steps: [waitForCloudInit()],
      again: true,
      left: [],
      notes: [],
    });
  }
  const record = parseRecord(facts.record);
  // The system's comes first, as it does when the engine is used.
  if (facts.rootless !== undefined && facts.engine?.running !== true && record === undefined) {
    return planRootless(input, facts.rootless);
  }
  const fresh = facts.engine === undefined || record?.complete === false;
  if (!fresh && !input.configure) return planAdoption(input, record);
  if (input.engine.tlsPort !== undefined && input.tls === undefined) {
    throw new Error('internal error: TLS without certificates');
  }
  const plan = fresh ? planFresh(input, record) : planExisting(input, record);
  if (!plan.ok) return plan;
  return withRights(input, { ...plan.value, notes: [...plan.value.notes, ...notesOf(facts)] });
}

/** A plan that changes something needs root's rights. */
function withRights({ facts }: PlanInput, plan: Plan): Result<Plan, Refusal> {
  const refusal = plan.steps.length === 0 ? undefined : rootRefusal(facts);
  return refusal === undefined ? ok(plan) : fail(refusal);
}

function notesOf(facts: HostFacts): readonly string[] {
  return facts.cloudInit === 'error'
    ? [
        `cloud-init had errors: ${facts.cloudInitErrors.join('; ')}; /var/log/cloud-init-output.log on the host has more`,
      ]
    : [];
}

/** A host without engine, or one whose installation was interrupted. */
function planFresh(input: PlanInput, record: EngineRecord | undefined): Result<Plan, Refusal> {
  const { facts } = input;
  const configuration = planConfiguration(input, {
    own: true,
    fresh: true,
    defaults: true,
    record,
  });
  if (!configuration.ok) return configuration;
  const installed = isInstalled(facts);
  const installation = installed ? ok({ steps: [], again: false }) : planInstallation(input);
  if (!installation.ok) return installation;
  const { wanted, changes } = configuration.value;
  const changeSteps = changes.map(({ step }) => step);
  // Written first: what is begun here is nobody else's engine, if it is looked at again after a crash.
  const begun = recordSteps(facts, { installed: true, complete: false, daemon: wanted });
  const before = [...begun, ...setHostname(facts, input.hostname), ...changeSteps];
  const steps = [...before, ...installation.value.steps];
  const partial = (again: readonly Step[]): Result<Plan, Refusal> =>
    ok({ steps: again, again: true, left: [], notes: [] });
  if (installation.value.again) return partial(steps);
  if (facts.engine?.running !== true || !installed) steps.push(startEngine());
  else steps.push(...effectSteps(configuration.value.effect, []));
  // What the unit says is known only now.
  if (input.engine.tlsPort !== undefined && facts.unit === undefined) return partial(steps);
  const group = addToGroup(facts);
  steps.push(...group.steps, recordStep({ installed: true, complete: true, daemon: wanted }));
  return ok({ steps, again: false, left: [], notes: [...group.notes, ...tlsNotes(input, steps)] });
}

/** dockerd is there, and its package is not half of one. */
function isInstalled({ engine, packages, interrupted }: HostFacts): boolean {
  if (engine === undefined || interrupted) return false;
  return engine.owner === undefined || packages[engine.owner]?.complete !== false;
}

/** A host with an engine that may be changed. */
function planExisting(input: PlanInput, record: EngineRecord | undefined): Result<Plan, Refusal> {
  const { facts } = input;
  const own = record?.installed === true;
  const configuration = planConfiguration(input, { own, fresh: false, defaults: true, record });
  if (!configuration.ok) return configuration;
  const { wanted, changes } = configuration.value;
  // Whatever was begun: the most that it may have been.
  const effect = strongest([
    configuration.value.effect,
    ...(record?.pending === true ? (['socket'] as const) : []),
  ]);
  const exposureOnly = input.only === 'exposure';
  const group = exposureOnly ? { steps: [], notes: [] } : addToGroup(facts);
  const running = facts.engine?.running === true;
  const done: EngineRecord = { installed: own, complete: true, daemon: wanted };
  const before = recordStep(record ?? { ...done, daemon: {} });
  const undo = [...undoOf(changes), before];
  // A file that is refused leaves all as it is, those before it and the note included.
  const files = changes.map(({ step }, index) => ({
    ...step,
    undo: [...undoOf(changes.slice(0, index)), before],
  }));
  const steps = [
    ...(exposureOnly ? [] : setHostname(facts, input.hostname)),
    // A cut between the files and the engine must not leave it with what it had before.
    ...(files.length > 0
      ? recordSteps(facts, { ...(record ?? { ...done, daemon: {} }), pending: true })
      : []),
    ...files,
    ...(running ? effectSteps(effect, undo) : [startEngine()]),
    ...changes.flatMap(({ cleanup }) => cleanup ?? []),
    ...group.steps,
    ...(files.length > 0 ? [recordStep(done)] : recordSteps(facts, done)),
  ];
  const stopped = running ? containersStopped(facts, effect) : [];
  return ok({
    steps,
    again: false,
    left: keptAsIs(input),
    notes: [...stopped, ...group.notes, ...tlsNotes(input, steps)],
  });
}

/** The last one first, as files may name one another. */
function undoOf(changes: readonly Change[]): readonly Step[] {
  return changes.toReversed().flatMap(({ undo }) => undo ?? []);
}

function containersStopped(facts: HostFacts, effect: Effect): readonly string[] {
  const info = facts.engine?.info;
  if (!['restart', 'socket'].includes(effect) || info === undefined || info.liveRestore) return [];
  const count = info.containersRunning;
  return count === 0
    ? []
    : [`restarting the engine stops its ${count} containers, as live-restore is off`];
}

function effectSteps(effect: Effect, undo: readonly Step[]): readonly Step[] {
  switch (effect) {
    case 'none':
      return [];
    case 'units':
      return [reloadUnits()];
    case 'reload':
      return [reloadEngine()];
    case 'restart':
      return [restartEngine(undo)];
    case 'socket':
      return [restartEngine(undo, { socket: true })];
  }
}

/** A host whose engine is left as it is: only what differs is told. */
function planAdoption(input: PlanInput, record: EngineRecord | undefined): Result<Plan, Refusal> {
  const { facts, engine, hostname } = input;
  if (facts.engine?.running !== true) {
    return fail({
      message: 'the host has a Docker Engine that does not run, and it is to be left as it is',
      hint: 'start it (systemctl enable --now docker), or let tcompose configure it: --configure',
    });
  }
  const own = record?.installed === true;
  const { tls: _, ...withoutTls } = input;
  // What nobody asked for, but was put there when the engine was configured, is no difference.
  const defaults = own || Object.keys(record?.daemon ?? {}).length > 0;
  const context = { own, fresh: false, defaults, record };
  const configuration = planConfiguration(withoutTls, context);
  const differences = configuration.ok
    ? configuration.value.difference
    : [configuration.error.message];
  const left = [
    ...(engine.source === 'none' && differences.length === 0 ? [] : differences),
    ...(hostname === undefined || hostname === facts.hostname
      ? []
      : [`host name: ${facts.hostname} stays, ${hostname} was asked for`]),
    ...keptAsIs(input),
    ...(addToGroup(facts).steps.length === 0
      ? []
      : [
          `${facts.user} is not in the group docker and cannot use the engine: "machine provision --configure" adds it`,
        ]),
  ];
  return ok({ steps: [], again: false, left, notes: notesOf(facts) });
}

/** A host whose user runs an engine without root, which is theirs to set up. */
function planRootless(
  { facts, configure }: PlanInput,
  { socket }: RootlessFacts,
): Result<Plan, Refusal> {
  const { user } = facts;
  if (configure) {
    return fail({
      message: `the engine of ${user} runs without root (${socket}), and tcompose configures only engines of the system`,
      hint: `use it as it is (without --configure), or end it: as ${user}, dockerd-rootless-setuptool.sh uninstall`,
    });
  }
  const notes = [`the engine of ${user} runs without root (${socket}) and is used as it is`];
  return ok({ steps: [], again: false, left: [], notes: [...notes, ...notesOf(facts)] });
}

/** What no configuration changes in an engine that is there. */
function keptAsIs(input: PlanInput): readonly string[] {
  const { facts, engine } = input;
  const left = [...openLeft(input)];
  const { storageDriver, version } = engine;
  const driver = facts.engine?.info?.storageDriver;
  if (storageDriver !== undefined && driver !== undefined && driver !== storageDriver) {
    left.push(
      `storage driver: ${driver} stays, as images and containers would vanish with ${storageDriver}`,
    );
  }
  const has = facts.engine?.version ?? '';
  const owner = facts.engine?.owner ?? '';
  const packaged = facts.packages[owner]?.version;
  if (
    version !== undefined &&
    !versionMatches(has, version) &&
    !versionMatches(packaged ?? '', version)
  ) {
    left.push(
      `engine: ${upstreamVersion(has)} stays, ${version} was asked for: tcompose machine upgrade --engine-version ${version}`,
    );
  }
  const found = facts.engine === undefined ? undefined : sourceOf(owner);
  if (engine.source !== 'auto' && engine.source !== 'none' && found !== undefined) {
    if (found !== engine.source) {
      left.push(
        `packages: ${owner} stays, packages of ${engine.source === 'docker' ? 'Docker' : 'the distribution'} were asked for. To change: remove ${owner} on the host (images and volumes stay), then tcompose machine provision`,
      );
    }
  }
  return left;
}

/** A port of docker-machine's that nobody asked for here. */
function openLeft({ facts, engine, close = false }: PlanInput): readonly string[] {
  const exposed = exposedUnit(facts);
  if (exposed === undefined || engine.tlsPort !== undefined || close) return [];
  return [
    `port ${exposed.port} of the engine is open, as docker-machine left it: "machine provision --engine-tls=false" closes it`,
  ];
}

/** Who makes the package that an engine came from; undefined: nobody that is known. */
function sourceOf(owner: string): 'docker' | 'distribution' | undefined {
  if (owner === 'docker-ce') return 'docker';
  return ['docker.io', 'moby-engine', 'docker'].includes(owner) ? 'distribution' : undefined;
}

function tlsNotes({ engine }: PlanInput, steps: readonly Step[]): readonly string[] {
  if (engine.tlsPort === undefined || steps.length === 0) return [];
  return [
    `the engine listens on port ${engine.tlsPort} of all addresses; let only those through that need it in the host's firewall and the cloud's`,
  ];
}

/** The note of what was done, where the host has another one. */
function recordSteps(facts: HostFacts, record: EngineRecord): readonly Step[] {
  const known = parseRecord(facts.record);
  const same = known !== undefined && recordText(known) === recordText(record);
  return same ? [] : [recordStep(record)];
}

function recordStep(record: EngineRecord): Step {
  const begun = !record.complete || record.pending === true;
  const step = writeStep({
    title: begun ? 'note what is begun' : 'note what was done',
    path: RECORD,
    content: recordText(record),
    mode: '0600',
    secret: true,
  });
  return { ...step, quiet: true };
}
