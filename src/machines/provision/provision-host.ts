import { MachineError } from '../machine-error.ts';
import { gatherFacts } from './gather-facts.ts';
import type { HostFacts } from './facts.ts';
import { planHost } from './plan.ts';
import type { PlanInput } from './plan-input.ts';
import type { PlannedStep, ProvisionHost, ProvisionReport, ProvisionRequest } from './provision.ts';
import { refused } from './refused.ts';
import { renewSession } from './renew-session.ts';
import { runSteps } from './run-steps.ts';
import type { Plan } from './step.ts';
import { systemTitle } from './systems.ts';
import { upgradeEngine } from './upgrade.ts';
import { versionMatches } from './versions.ts';

/** Looks, plans and runs at most this often: cloud-init, lists, the engine, its certificates, and the proof. */
const ROUNDS = 6;

/**
 * Makes a host ready: looks at it, plans what is missing and runs that, until a look finds nothing missing. So a run
 * that was interrupted is finished by the next, and one that has nothing to do changes nothing.
 */
export const provisionHost: ProvisionHost = async (request) => {
  const changes: string[] = [];
  const notes = new Set<string>();
  let reached = false;
  let settled = false;
  for (let round = 0; round < ROUNDS; round += 1) {
    const seen = await look(request, round === 0);
    reached ||= seen.dockerReached;
    const facts = { ...seen, dockerReached: reached };
    const plan = planned(request, facts);
    if (request.dryRun === true) {
      return { ...report(facts, { plan, changes, notes }), planned: told(plan) };
    }
    if (plan.steps.length === 0) {
      const done = { plan, changes, notes };
      return request.changeVersion === true
        ? await withVersion(request, facts, done)
        : report(facts, done);
    }
    if (settled) throw notTaken(request, plan);
    for (const text of plan.notes) {
      if (!notes.has(text)) request.onEvent({ type: 'warning', machine: request.machine, text });
      notes.add(text);
    }
    await runSteps(plan.steps, { ...request, root: facts.root });
    if (plan.steps.some(({ renewsSession }) => renewsSession === true)) {
      await renewSession(request.host, request.signal);
    }
    changes.push(...told(plan).map(({ title }) => title));
    settled = !plan.again;
  }
  throw new MachineError('provision', 'the host is never as it was asked for', {
    host: request.host.target.title,
    hint: 'does something else change it at the same time?',
  });
};

/** What of a plan changes something that people want to know of. */
function told({ steps }: Plan): readonly PlannedStep[] {
  return steps
    .filter((step) => step.changes && step.quiet !== true)
    .map(({ title, details = [] }) => ({ title, details }));
}

async function look(request: ProvisionRequest, first: boolean): Promise<HostFacts> {
  const { host, machine, engine, signal, onEvent } = request;
  const text = 'look at the host';
  const started = performance.now();
  if (first) onEvent({ type: 'step', machine, text });
  const reach = first && engine.source === 'auto' && engine.installUrl === undefined;
  const facts = await gatherFacts(host, { reach, signal });
  const took = Math.round(performance.now() - started);
  if (first) onEvent({ type: 'step-done', machine, text, took });
  return facts;
}

function planned(request: ProvisionRequest, facts: HostFacts): Plan {
  const { engine, provider, hostname, configure, tls, dockerKeys, only, close } = request;
  const input: PlanInput = {
    facts,
    engine,
    provider,
    configure,
    now: timestamp(facts.time),
    ...(only === undefined ? {} : { only }),
    ...(close === undefined ? {} : { close }),
    ...(hostname === undefined ? {} : { hostname }),
    ...(tls === undefined ? {} : { tls }),
    ...(dockerKeys === undefined ? {} : { dockerKeys }),
  };
  const plan = planHost(input);
  if (plan.ok) return plan.value;
  throw refused(plan.error, request.host.target.title);
}

function notTaken({ host }: ProvisionRequest, plan: Plan): MachineError {
  const titles = plan.steps.map(({ title }) => title).join('; ');
  return new MachineError(
    'provision',
    `all commands succeeded, but the host is not as it should be; it would take: ${titles}`,
    { host: host.target.title, hint: 'does something else change it at the same time?' },
  );
}

interface Done {
  readonly plan: Plan;
  readonly changes: readonly string[];
  readonly notes: ReadonlySet<string>;
}

/** Changes the engine to the version that is asked for, too. */
async function withVersion(
  request: ProvisionRequest,
  facts: HostFacts,
  done: Done,
): Promise<ProvisionReport> {
  const { version } = request.engine;
  const packaged = facts.packages[facts.engine?.owner ?? '']?.version ?? '';
  if (version === undefined || versionMatches(packaged, version)) return report(facts, done);
  const { from, to, notes } = await upgradeEngine({ ...request, version });
  const after = await look(request, false);
  return report(after, {
    plan: planned(request, after),
    changes: [...done.changes, `Docker ${from} → ${to}`],
    notes: new Set([...done.notes, ...notes]),
  });
}

function report(facts: HostFacts, done: Done): ProvisionReport {
  return {
    changes: done.changes,
    engineVersion:
      facts.engine?.running !== true && facts.rootless !== undefined
        ? facts.rootless.version
        : (facts.engine?.version ?? ''),
    system: systemTitle(facts.os),
    left: done.plan.left,
    notes: [...new Set([...done.notes, ...done.plan.notes])],
  };
}

/** `20261126T100500Z` by the host's own clock. */
function timestamp(seconds: number): string {
  return new Date(seconds * 1000).toISOString().replace(/[-:]|\.\d+/g, '');
}
