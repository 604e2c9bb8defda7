import { join } from 'node:path';
import type { Project, Service, WatchTrigger } from '../../../src/compose/model.ts';
import {
  watchRules,
  type WatchRule,
  type WatchRuleOptions,
} from '../../../src/scheduler/watch-rules.ts';

/** A project of one service `web` that is built and has these triggers. */
export function watchedProject(
  watch: readonly WatchTrigger[],
  extra: Partial<Service> = {},
): Pick<Project, 'services'> {
  const web: Service = { name: 'web', build: { context: '/p' }, develop: { watch }, ...extra };
  return { services: { web } };
}

export function planRules(
  project: Pick<Project, 'services'>,
  ignoreFiles: WatchRuleOptions['ignoreFiles'] = {},
): ReturnType<typeof watchRules> {
  return watchRules(project as Project, {
    ignoreFiles,
    nothing: 'nothing to watch',
    resolve: (path) => join('/p', path),
  });
}

/** The rules of triggers that are known to be right. */
export function rulesOf(
  watch: readonly WatchTrigger[],
  extra: Partial<Service> = {},
  ignoreFile?: string,
): readonly WatchRule[] {
  const files = ignoreFile === undefined ? {} : { web: { directory: '/p', text: ignoreFile } };
  const planned = planRules(watchedProject(watch, extra), files);
  if (!planned.ok) throw new Error(planned.error);
  return planned.value.rules;
}
