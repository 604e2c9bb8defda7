import { describe, expect, it } from 'vitest';

import type { Project } from '../../../src/compose/model.ts';
import { applyProfiles, enableServices } from '../../../src/compose/profiles.ts';
import { restrictServices, selectServices } from '../../../src/compose/selection.ts';
import { withoutUnnecessaryResources } from '../../../src/compose/unused-resources.ts';
import { dependsOn, projectOf } from './project.ts';

function enabled(project: Project): string[] {
  return Object.keys(project.services);
}

const profiled = projectOf({
  app: {},
  debug: { profiles: ['dev'] },
  trace: { profiles: ['dev', 'perf'] },
});

describe('profiles', () => {
  it.each([
    [[], ['app']],
    [['dev'], ['app', 'debug', 'trace']],
    [['perf'], ['app', 'trace']],
    [['*'], ['app', 'debug', 'trace']],
    [['other'], ['app']],
  ])('%j enable %j', (profiles, names) => {
    const project = applyProfiles(profiled, profiles);
    expect(enabled(project)).toEqual(names);
    expect(project.profiles).toEqual(profiles);
  });

  it('set the other services aside and can bring them back', () => {
    const none = applyProfiles(profiled, []);
    expect(Object.keys(none.disabledServices)).toEqual(['debug', 'trace']);
    expect(enabled(applyProfiles(none, ['dev']))).toEqual(['app', 'debug', 'trace']);
  });

  it('become active when a service of theirs is named, with their other services', () => {
    const project = enableServices(applyProfiles(profiled, []), ['debug', 'app', 'unknown']);
    expect(enabled(project)).toEqual(['app', 'debug', 'trace']);
    expect(project.profiles).toEqual(['dev']);
  });
});

const chain = projectOf({
  web: dependsOn('api'),
  api: dependsOn('db'),
  db: {},
  admin: dependsOn('db'),
});

function selected(names: string[], reach?: 'with-dependents' | 'alone'): string[] | string {
  const result = selectServices(chain, names, reach);
  if (!result.ok) return result.error.map(({ message }) => message).join('; ');
  return enabled(result.value).toSorted();
}

describe('naming services', () => {
  it('takes their dependencies along', () => {
    expect(selected(['api'])).toEqual(['api', 'db']);
  });

  it('can take those that depend on them, or nothing', () => {
    expect(selected(['db'], 'with-dependents')).toEqual(['admin', 'api', 'db', 'web']);
    expect(selected(['web'], 'alone')).toEqual(['web']);
  });

  it('takes patterns', () => {
    expect(selected(['a*'], 'alone')).toEqual(['admin', 'api']);
    expect(selected(['d?'], 'alone')).toEqual(['db']);
    expect(selected(['[^aw]*'], 'alone')).toEqual(['db']);
    expect(selected(['[a-'], 'alone')).toBe('no such service: [a-');
  });

  it('keeps all services when none is named', () => {
    const result = selectServices(chain, []);
    expect(result.ok && result.value).toBe(chain);
  });

  it('drops dependencies on services that are left out, and sets those aside', () => {
    const result = selectServices(chain, ['api'], 'alone');
    expect(result.ok && result.value.services['api']?.depends_on).toBe(undefined);
    expect(result.ok && Object.keys(result.value.disabledServices)).toEqual(['admin', 'db', 'web']);
  });

  it('refuses names that do not exist, and says what may have been meant', () => {
    const result = selectServices(chain, ['wep', 'nothing-like-it']);
    expect(!result.ok && result.error).toEqual([
      {
        severity: 'error',
        code: 'selection/no-such-service',
        message: 'no such service: wep',
        hint: "did you mean 'web'?",
      },
      {
        severity: 'error',
        code: 'selection/no-such-service',
        message: 'no such service: nothing-like-it',
      },
    ]);
  });

  it('enables profiles unless only enabled services may be named', () => {
    const project = applyProfiles(profiled, []);
    const all = selectServices(project, ['debug']);
    expect(all.ok && enabled(all.value)).toEqual(['debug']);
    const active = restrictServices(project, ['debug']);
    expect(!active.ok && active.error[0]?.hint).toBe(
      '"debug" is not active: its profile can be enabled with --profile dev',
    );
  });

  it('needs required dependencies to be enabled, others not', () => {
    const project = applyProfiles(
      projectOf({ a: dependsOn('b'), b: { profiles: ['p'] }, c: optional('b') }),
      [],
    );
    expect(selectServices(project, ['a']).ok).toBe(false);
    const result = selectServices(project, ['c']);
    expect(result.ok && enabled(result.value)).toEqual(['c']);
  });
});

function optional(name: string): ReturnType<typeof dependsOn> {
  return { depends_on: { [name]: { condition: 'service_started', required: false } } };
}

it('resources that no enabled service uses are dropped', () => {
  const project = projectOf(
    {
      a: {
        networks: { n: null },
        volumes: [
          { type: 'volume', source: 'v', target: '/v' },
          { type: 'bind', source: 'bound', target: '/b' },
        ],
        secrets: [{ source: 's' }],
        configs: [{ source: 'c' }],
        build: { secrets: [{ source: 't' }] },
        models: { m: null },
      },
    },
    {
      disabledServices: { b: { name: 'b', networks: { unused: null } } },
      networks: { n: {}, unused: {} },
      volumes: { v: {}, bound: {} },
      secrets: { s: {}, t: {}, unused: {} },
      configs: { c: {}, unused: {} },
      models: { m: {}, unused: {} },
    },
  );
  const { networks, volumes, secrets, configs, models } = withoutUnnecessaryResources(project);
  expect({ networks, volumes, secrets, configs, models }).toEqual({
    networks: { n: {} },
    volumes: { v: {} },
    secrets: { s: {}, t: {} },
    configs: { c: {} },
    models: { m: {} },
  });
});
