import { createHash } from 'node:crypto';
import { readFileSync, statSync } from 'node:fs';
import {
  contentSources,
  type ContentPolicy,
  type ContentSource,
} from '../compose/content-sources.ts';
import type { Project } from '../compose/model.ts';
import type { RunReport } from '../engine/run.ts';
import { contentCauses, nextRecord, type ContentDigests } from '../scheduler/content-causes.ts';
import type { Observed } from '../scheduler/observed.ts';
import type { Plan } from '../scheduler/plan.ts';
import { readContentRecord, writeContentRecord } from './content-record.ts';
import { CommandFailure } from './failure.ts';
import type { Operation } from './operation.ts';

const POLICIES: readonly ContentPolicy[] = ['ignore', 'configs', 'files'];
/** Larger files of the user are data, not configuration. Bytes. */
const LARGEST = 1024 * 1024;

/** Service → what its containers are given now. */
export type ProjectContents = Readonly<Record<string, ContentDigests>>;

/**
 * Digests of the configs, secrets and files that services are given, as far as the policy of a flag or
 * of TCOMPOSE_CONTENT_CHANGES counts them.
 */
export function projectContents(project: Project, asked: string | undefined): ProjectContents {
  const policy = policyOf(asked ?? project.environment['TCOMPOSE_CONTENT_CHANGES'] ?? '');
  return Object.fromEntries(
    Object.values(project.services).flatMap((service) => {
      const digests = contentSources(project, service, policy).flatMap((source) => {
        const content = contentOf(source);
        return content === undefined ? [] : [[source.label, digestOf(content)] as const];
      });
      return digests.length === 0 ? [] : [[service.name, Object.fromEntries(digests)] as const];
    }),
  );
}

/** Container id → which contents changed since it was made. */
export function changedContents(
  { session, engine }: Operation,
  found: {
    readonly project: Project;
    readonly observed: Observed;
    readonly contents?: ProjectContents;
  },
): ReadonlyMap<string, readonly string[]> {
  const { project, observed, contents = {} } = found;
  if (Object.keys(contents).length === 0) return new Map();
  const recorded = readContentRecord(session, engine.client.address, project.name);
  return contentCauses(observed, contents, recorded);
}

/**
 * Remembers what containers were made with; after a run, however it ended. Without `contents` only
 * what is gone is forgotten.
 */
export function rememberContents(
  { session, engine }: Operation,
  plan: Plan,
  run: {
    readonly project: Project;
    readonly observed: Observed;
    readonly report: RunReport;
    readonly contents?: ProjectContents;
  },
): void {
  const { project, observed, report, contents = {} } = run;
  const { address } = engine.client;
  const recorded = readContentRecord(session, address, project.name);
  if (Object.keys(recorded).length === 0 && Object.keys(contents).length === 0) return;
  const removed = new Set(
    report.done.flatMap(({ action }) =>
      action.kind === 'remove-container' && 'id' in action.container ? [action.container.id] : [],
    ),
  );
  const kept = observed.containers
    .filter(({ id, oneOff }) => !oneOff && !removed.has(id))
    .map(({ id, service }) => ({ id, service, made: false }));
  const made = plan.steps.flatMap(({ id: step, action }) => {
    const container = report.created.get(step);
    const ours = action.kind === 'create-container' && action.oneOff === undefined;
    return ours && container !== undefined
      ? [{ id: container.id, service: action.service, made: true }]
      : [];
  });
  writeContentRecord(
    session,
    address,
    project.name,
    nextRecord(recorded, [...kept, ...made], contents),
  );
}

function policyOf(text: string): ContentPolicy {
  if (text === '') return 'configs';
  const policy = POLICIES.find((each) => each === text);
  if (policy !== undefined) return policy;
  throw new CommandFailure(
    `unsupported value ${JSON.stringify(text)} for content changes`,
    `use one of ${POLICIES.join(', ')}`,
  );
}

/** What cannot be read is not compared: creating a container says what is wrong with it. */
function contentOf({ origin }: ContentSource): string | Uint8Array | undefined {
  if (origin.kind === 'text') return origin.text;
  try {
    if (origin.any) {
      const found = statSync(origin.path);
      if (!found.isFile() || found.size > LARGEST) return undefined;
    }
    return readFileSync(origin.path);
  } catch {
    return undefined;
  }
}

function digestOf(content: string | Uint8Array): string {
  return createHash('sha256').update(content).digest('hex');
}
