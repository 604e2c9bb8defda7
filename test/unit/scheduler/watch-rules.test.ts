import { describe, expect, it } from 'vitest';
import type { Service } from '../../../src/compose/model.ts';
import {
  concerns,
  containerPath,
  hasWatchTriggers,
  isPruned,
} from '../../../src/scheduler/watch-rules.ts';
import type { WatchRule } from '../../../src/scheduler/watch-rules.ts';
import { planRules, rulesOf, watchedProject } from './watch-sample.ts';

const sync = { path: '/p/src', action: 'sync', target: '/app' } as const;

function only(rules: readonly WatchRule[]): WatchRule {
  const [rule] = rules;
  if (rule === undefined || rules.length > 1) throw new Error(`${rules.length} rules`);
  return rule;
}

describe('a rule', () => {
  it.each<[string, boolean]>([
    ['/p/src/a.js', true],
    ['/p/src/deep/down/a.js', true],
    ['/p/srcs/a.js', false],
    ['/p/a.js', false],
    ['/p/src/..hidden', true],
    // Git and editors
    ['/p/src/.git', false],
    ['/p/src/.git/HEAD', false],
    ['/p/src/deep/.git/HEAD', false],
    ['/p/src/.gitignore', true],
    ['/p/src/a.js~', false],
    ['/p/src/.a.js.swp', false],
    ['/p/src/deep/4913', false],
    ['/p/src/.#a.js', false],
    ['/p/src/#a.js#', false],
    ['/p/src/a.js___jb_tmp___', false],
    ['/p/src/.idea/workspace.xml', false],
  ])('%s is its concern: %s', (path, expected) => {
    expect(concerns(only(rulesOf([{ ...sync, include: [], ignore: [] }])), path)).toBe(expected);
  });

  it.each<[{ include?: string[]; ignore?: string[] }, string | undefined, string, boolean]>([
    [{ ignore: ['*.tmp'] }, undefined, '/p/src/a.tmp', false],
    [{ ignore: ['*.tmp'] }, undefined, '/p/src/d/a.tmp', true],
    [{ ignore: ['**/*.tmp'] }, undefined, '/p/src/d/a.tmp', false],
    [{ ignore: ['node_modules/'] }, undefined, '/p/src/node_modules/x/y', false],
    [{ ignore: ['/node_modules'] }, undefined, '/p/src/node_modules/x', false],
    [{ ignore: ['/p/src/node_modules'] }, undefined, '/p/src/node_modules/x', false],
    [{ ignore: ['*', '!keep'] }, undefined, '/p/src/keep/x', true],
    [{ ignore: ['*', '!keep'] }, undefined, '/p/src/other', false],
    [{ include: ['*.js'] }, undefined, '/p/src/a.js', true],
    [{ include: ['*.js'] }, undefined, '/p/src/a.css', false],
    [{ include: ['lib'] }, undefined, '/p/src/lib/a.css', true],
    [{ include: ['**/*.js'], ignore: ['test'] }, undefined, '/p/src/test/a.js', false],
    // The ignore file is relative to the build context.
    [{}, 'src/out', '/p/src/out/x', false],
    [{}, 'out', '/p/src/out/x', true],
    [{}, '**/out', '/p/src/out/x', false],
    [{}, '**/*.md\n!src/README.md', '/p/src/README.md', true],
    [{}, '**/*.md\n!src/README.md', '/p/src/other.md', false],
    // Images that copy nothing: a lone star says nothing about what is synced.
    [{}, '*', '/p/src/a.js', true],
    [{}, '*\n!package.json\nsrc/out', '/p/src/a.js', true],
    [{}, '*\n!package.json\nsrc/out', '/p/src/out/a.js', false],
  ])('%j with ignore file %j: %s matters: %s', (filter, ignoreFile, path, expected) => {
    const rule = only(rulesOf([{ ...sync, ...filter }], {}, ignoreFile));
    expect(concerns(rule, path)).toBe(expected);
  });

  it('may watch one file, whatever Git and editors are called', () => {
    const rule = only(rulesOf([{ path: '/p/.git/HEAD', action: 'rebuild' }]));
    expect(concerns(rule, '/p/.git/HEAD')).toBe(true);
    expect(concerns(rule, '/p/.git/index')).toBe(false);
  });

  it('knows where a path is in containers', () => {
    const rule = only(rulesOf([{ ...sync, target: '/app/' }]));
    expect(containerPath(rule, '/p/src/a/b.js')).toBe('/app/a/b.js');
    expect(containerPath(rule, '/p/src')).toBe('/app/');
    expect(containerPath(only(rulesOf([{ ...sync, action: 'rebuild' }])), '/p/src/a')).toBe(
      undefined,
    );
  });

  it('does not copy onto a mount of the same files, which would come back as a change', () => {
    const volumes = [{ type: 'bind', source: '/p/src/data', target: '/app/data' }] as const;
    const rule = only(rulesOf([sync], { volumes }));
    expect(containerPath(rule, '/p/src/data/x')).toBe(undefined);
    expect(containerPath(rule, '/p/src/database')).toBe('/app/database');
    const elsewhere = [{ type: 'bind', source: '/p/src/data', target: '/var/data' }] as const;
    const copied = only(rulesOf([sync], { volumes: elsewhere }));
    expect(containerPath(copied, '/p/src/data/x')).toBe('/app/data/x');
  });
});

describe('rules of a project', () => {
  it('leave out what a bind mount brings anyway, and say so', () => {
    const volumes = [{ type: 'bind', source: '/p', target: '/app' }] as const;
    const restart = { path: '/p/conf', action: 'restart' } as const;
    const planned = planRules(watchedProject([sync, restart], { volumes }));
    expect(planned.ok && planned.value.rules.map(({ action }) => action)).toEqual(['restart']);
    expect(planned.ok && planned.value.warnings).toEqual([
      "path '/p/src' also declared by a bind mount volume, this path won't be monitored!",
    ]);
  });

  it('keep a command that runs after changes which a bind mount brings', () => {
    const volumes = [{ type: 'bind', source: '/p', target: '/' }] as const;
    const exec = { command: ['reload'] };
    const rule = only(rulesOf([{ ...sync, action: 'sync+exec', exec }], { volumes }));
    expect(rule.exec).toEqual(exec);
  });

  it('are refused when there is nothing to watch', () => {
    expect(planRules({ services: { web: { name: 'web' } } })).toEqual({
      ok: false,
      error: 'nothing to watch',
    });
    expect(hasWatchTriggers({ services: { web: { name: 'web' } } })).toBe(false);
    expect(hasWatchTriggers(watchedProject([sync]))).toBe(true);
  });

  it('are refused when a service without build is to be rebuilt', () => {
    const services = {
      web: { name: 'web', develop: { watch: [{ path: '/p', action: 'rebuild' as const }] } },
    };
    expect(planRules({ services })).toEqual({
      ok: false,
      error: 'can\'t watch service "web" with action rebuild without a build context',
    });
  });

  it('are refused when a pattern is wrong, with its place', () => {
    expect(planRules(watchedProject([{ ...sync, ignore: ['a['] }]))).toEqual({
      ok: false,
      error: 'service "web": develop.watch of /p/src: syntax error in pattern: "a["',
    });
  });

  it('know the older name of initial_sync', () => {
    const old = { ...sync, extensions: { 'x-initialSync': true } };
    expect(rulesOf([sync, old, { ...sync, initial_sync: true }]).map((r) => r.initialSync)).toEqual(
      [false, true, true],
    );
    expect(planRules(watchedProject([sync]))).toMatchObject({ value: { warnings: [] } });
    expect(planRules(watchedProject([old, old]))).toMatchObject({
      value: {
        warnings: ['x-initialSync is DEPRECATED, please use the official `initial_sync` attribute'],
      },
    });
  });
});

describe('the older name of develop', () => {
  const DEPRECATED = 'x-develop is DEPRECATED, please use the official `develop` attribute';
  const planned = (old: unknown, extra: Partial<Service> = {}): ReturnType<typeof planRules> =>
    planRules({ services: { web: { name: 'web', extensions: { 'x-develop': old }, ...extra } } });

  it('is read, with a word about it', () => {
    const exec = { command: ['reload'], user: 'me', environment: { A: '1', B: null } };
    const watch = [
      { path: 'src', action: 'sync', target: '/app', ignore: ['*.tmp'], initial_sync: true },
      { path: './conf', action: 'sync+exec', target: '/conf', exec },
    ];
    const got = planned({ watch });
    if (!got.ok) throw new Error(got.error);
    expect(got.value.warnings).toEqual([DEPRECATED]);
    expect(got.value.rules).toMatchObject([
      { path: '/p/src', action: 'sync', target: '/app', initialSync: false },
      { path: '/p/conf', action: 'sync+exec', exec },
    ]);
    expect(got.value.rules.map((rule) => concerns(rule, '/p/src/a.tmp'))).toEqual([false, false]);
  });

  it('does not count beside the new one', () => {
    expect(planned({ watch: [sync] }, { develop: {} })).toEqual({
      ok: false,
      error: 'nothing to watch',
    });
    expect(planned({ watch: [sync] }, { develop: { watch: [sync] } })).toMatchObject({
      value: { warnings: [DEPRECATED], rules: [{}] },
    });
  });

  it('is nothing that up could watch', () => {
    const web = { name: 'web', extensions: { 'x-develop': { watch: [sync] } } };
    expect(hasWatchTriggers({ services: { web } })).toBe(false);
  });

  it.each([
    [null, 'nothing to watch'],
    ['yes', 'services.web.x-develop must be a mapping, not "yes"'],
    [{ watch: {} }, 'services.web.x-develop.watch must be a list, not {}'],
    [{ watch: ['.'] }, 'services.web.x-develop.watch[0] must be a mapping, not "."'],
    [{ watch: [{ path: 5 }] }, 'services.web.x-develop.watch[0].action must be one of'],
    [{ watch: [{ ...sync, path: 5 }] }, '.watch[0].path must be a string, not 5'],
    [{ watch: [{ ...sync, ignore: 'x' }] }, '.watch[0].ignore must be a list, not "x"'],
    [{ watch: [{ path: '.', action: 'rebuild' }] }, 'without a build context'],
    [{ watch: [{ ...sync, action: 'sync+exec' }] }, 'on service web without a command'],
  ])('is refused where it is %j', (old, error) => {
    expect(planned(old)).toEqual({ ok: false, error: expect.stringContaining(error) });
  });
});

describe('a directory', () => {
  const rules = rulesOf(
    [
      { ...sync, path: '/p', ignore: ['node_modules', 'dist', '!dist/keep'] },
      { path: '/p/node_modules/mine', action: 'rebuild' },
    ],
    {},
    '.cache',
  );

  it.each<[string, boolean]>([
    ['/p', false],
    ['/p/src', false],
    // A rule of its own is below.
    ['/p/node_modules', false],
    ['/p/node_modules/mine', false],
    ['/p/node_modules/other', true],
    // Something in it is taken in again.
    ['/p/dist', false],
    ['/p/dist/other', true],
    ['/p/.git', true],
    ['/p/.cache', true],
    ['/elsewhere', true],
  ])('%s need not be watched: %s', (directory, expected) => {
    expect(isPruned(rules, directory)).toBe(expected);
  });
});
