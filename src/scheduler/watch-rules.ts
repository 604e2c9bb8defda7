import { posix } from 'node:path';
import type { Hook, Project, Service, ServiceVolume, WatchTrigger } from '../compose/model.ts';
import { fail, ok, type Result } from '../foundation/result.ts';
import { oldTriggers } from './old-develop.ts';
import {
  compileWatchFilter,
  pathBelow,
  type IgnoreFile,
  type WatchFilter,
} from './watch-filter.ts';

/** One trigger of `develop.watch`, ready to be asked about paths. */
export interface WatchRule {
  readonly service: string;
  readonly action: WatchTrigger['action'];
  /** Absolute. */
  readonly path: string;
  /** Where the path is in containers; undefined for actions that copy nothing. */
  readonly target: string | undefined;
  readonly exec: Hook | undefined;
  readonly initialSync: boolean;
  readonly filter: WatchFilter;
  /** Host directories that containers see anyway; copies to them would come back as changes. */
  readonly mounts: readonly BindMount[];
}

interface BindMount {
  readonly source: string;
  readonly target: string;
}

export interface WatchRules {
  readonly rules: readonly WatchRule[];
  readonly warnings: readonly string[];
}

export interface WatchRuleOptions {
  /** Ignore files of builds, by service. */
  readonly ignoreFiles: Readonly<Record<string, IgnoreFile>>;
  /** Said when no service has anything to watch; absent: that is no fault. */
  readonly nothing?: string;
  /** Somebody else brings what changes of bind mounts. */
  readonly bindsAreWatched?: boolean;
  /** Makes a path below `x-develop`, which loading leaves alone, absolute and real. */
  readonly resolve: (path: string) => string;
}

const OLD_DEVELOP = 'x-develop is DEPRECATED, please use the official `develop` attribute';
const OLD_INITIAL_SYNC =
  'x-initialSync is DEPRECATED, please use the official `initial_sync` attribute';

/** The rules of all services of a project. Fails with a sentence for what cannot be watched. */
export function watchRules(
  project: Project,
  { ignoreFiles, nothing, resolve, bindsAreWatched = false }: WatchRuleOptions,
): Result<WatchRules, string> {
  const rules: WatchRule[] = [];
  const warnings = new Set<string>();
  for (const service of Object.values(project.services)) {
    const old = oldTriggers(service, resolve);
    if (!old.ok) return old;
    if (old.value !== undefined) warnings.add(OLD_DEVELOP);
    for (const trigger of (service.develop === undefined ? old.value : service.develop.watch) ??
      []) {
      if (trigger.action === 'rebuild' && service.build === undefined) {
        return fail(
          `can't watch service "${service.name}" with action rebuild without a build context`,
        );
      }
      if (isMounted(trigger, service)) {
        if (!bindsAreWatched) {
          warnings.add(
            `path '${trigger.path}' also declared by a bind mount volume, this path won't be monitored!`,
          );
        }
        continue;
      }
      if (asksOldInitialSync(trigger)) warnings.add(OLD_INITIAL_SYNC);
      const filter = compileWatchFilter(trigger, ignoreFiles[service.name]);
      if (!filter.ok) {
        return fail(`service "${service.name}": develop.watch of ${trigger.path}: ${filter.error}`);
      }
      rules.push(watchRule(service, trigger, filter.value));
    }
  }
  return rules.length === 0 && nothing !== undefined
    ? fail(nothing)
    : ok({ rules, warnings: [...warnings] });
}

/** Whether any service of a project could be watched by `up`, which does not look at old names. */
export function hasWatchTriggers({ services }: Pick<Project, 'services'>): boolean {
  return Object.values(services).some(({ develop }) => develop?.watch !== undefined);
}

/** Whether a rule wants to know of a path. */
export function concerns({ path: root, filter }: WatchRule, path: string): boolean {
  return (path === root || pathBelow(root, path) !== undefined) && filter.accepts(path);
}

/** Where a path of a rule is in containers; undefined when nothing is to be copied. */
export function containerPath(rule: WatchRule, path: string): string | undefined {
  if (rule.target === undefined) return undefined;
  const target = posix.join('/', rule.target, pathBelow(rule.path, path) ?? '');
  const isThere = rule.mounts.some(
    (mount) => isAtOrBelow(mount.source, path) && isAtOrBelow(mount.target, target),
  );
  return isThere ? undefined : target;
}

/** True for a directory in which no rule wants to know of anything. */
export function isPruned(rules: readonly WatchRule[], directory: string): boolean {
  return rules.every(
    (rule) =>
      !isAtOrBelow(directory, rule.path) &&
      (pathBelow(rule.path, directory) === undefined || rule.filter.prunes(directory)),
  );
}

function watchRule(service: Service, trigger: WatchTrigger, filter: WatchFilter): WatchRule {
  const { path, action, target, exec } = trigger;
  return {
    service: service.name,
    action,
    path,
    target: action === 'rebuild' || action === 'restart' ? undefined : target,
    exec: action === 'sync+exec' ? exec : undefined,
    initialSync: trigger.initial_sync === true || asksOldInitialSync(trigger),
    filter,
    mounts: (service.volumes ?? []).flatMap(bindMount),
  };
}

/** The name that initial_sync had before it was in the specification. */
function asksOldInitialSync({ extensions }: WatchTrigger): boolean {
  return extensions?.['x-initialSync'] === true;
}

/** A bind mount brings changes by itself. What is run after them is still wanted. */
function isMounted({ action, path }: WatchTrigger, { volumes = [] }: Service): boolean {
  const copies = action === 'sync' || action === 'sync+restart';
  return copies && volumes.flatMap(bindMount).some(({ source }) => isAtOrBelow(source, path));
}

function bindMount({ type, source, target }: ServiceVolume): readonly BindMount[] {
  return type === 'bind' && source !== undefined && target !== undefined
    ? [{ source, target: posix.normalize(target) }]
    : [];
}

function isAtOrBelow(directory: string, path: string): boolean {
  return directory === path || pathBelow(directory, path) !== undefined;
}
