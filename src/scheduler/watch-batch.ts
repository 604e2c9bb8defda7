import type { Hook } from '../compose/model.ts';
import { concerns, containerPath, type WatchRule } from './watch-rules.ts';

/** A path that changed. */
export interface PathChange {
  /** Absolute. */
  readonly path: string;
  /** What is there, or was there before it went; links count as files. */
  readonly kind: 'file' | 'directory';
  readonly exists: boolean;
}

/** A file, link or empty directory to copy. */
export interface CopiedPath {
  readonly source: string;
  /** Absolute, in the container. */
  readonly target: string;
}

/** What the containers of a service get. */
export interface ServiceSync {
  readonly service: string;
  /** One for each target, by target. */
  readonly copies: readonly CopiedPath[];
  /** Paths in the container that go, none below another one; before anything is copied. */
  readonly deletes: readonly string[];
}

/** What to do about the changes of one batch, in this order. */
export interface WatchBatch {
  readonly rebuild: readonly string[];
  readonly sync: readonly ServiceSync[];
  readonly restart: readonly string[];
  readonly exec: readonly { readonly service: string; readonly hook: Hook }[];
}

/** Decides what changed paths lead to. */
export function planWatchBatch(
  rules: readonly WatchRule[],
  changes: readonly PathChange[],
): WatchBatch {
  const rebuild = new Set<string>();
  const restart = new Set<string>();
  const syncs = new Map<string, SyncSets>();
  const exec = new Set<WatchRule>();
  for (const change of changes) {
    for (const rule of rules) {
      if (!concerns(rule, change.path) || isWatchedDirectory(rule, change)) continue;
      if (rule.action === 'rebuild') rebuild.add(rule.service);
      if (rule.action === 'restart' || rule.action === 'sync+restart') restart.add(rule.service);
      if (rule.exec !== undefined) exec.add(rule);
      addToSync(syncs, rule, change);
    }
  }
  return {
    rebuild: [...rebuild].toSorted(),
    sync: [...syncs].map(([service, sets]) => serviceSync(service, sets)).filter(isNeeded),
    restart: [...restart].toSorted(),
    exec: rules.flatMap((rule) =>
      exec.has(rule) && rule.exec !== undefined ? [{ service: rule.service, hook: rule.exec }] : [],
    ),
  };
}

/** Whether a batch does anything. */
export function isEmptyBatch({ rebuild, sync, restart, exec }: WatchBatch): boolean {
  return rebuild.length + sync.length + restart.length + exec.length === 0;
}

interface SyncSets {
  readonly copies: Map<string, CopiedPath>;
  readonly deletes: Set<string>;
}

function addToSync(
  syncs: Map<string, SyncSets>,
  rule: WatchRule,
  { path, exists }: PathChange,
): void {
  const target = containerPath(rule, path);
  if (target === undefined) return;
  const sets = syncs.get(rule.service) ?? { copies: new Map(), deletes: new Set() };
  syncs.set(rule.service, sets);
  if (exists) sets.copies.set(target, { source: path, target });
  else sets.deletes.add(target);
}

/**
 * The watched directory itself says nothing: when it goes, its files do, and the target in containers
 * may hold more than came from there.
 */
function isWatchedDirectory(rule: WatchRule, { path, kind }: PathChange): boolean {
  return kind === 'directory' && path === rule.path;
}

function serviceSync(service: string, { copies, deletes }: SyncSets): ServiceSync {
  const gone = [...deletes].filter((target) => !copies.has(target)).toSorted();
  return {
    service,
    copies: [...copies.values()].toSorted((a, b) => (a.target < b.target ? -1 : 1)),
    deletes: gone.filter((target) => !parents(target).some((parent) => deletes.has(parent))),
  };
}

function parents(path: string): readonly string[] {
  const parts = path.split('/');
  return parts.slice(1, -1).map((_, index) => parts.slice(0, index + 2).join('/'));
}

function isNeeded({ copies, deletes }: ServiceSync): boolean {
  return copies.length + deletes.length > 0;
}
