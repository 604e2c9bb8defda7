import { describe, expect, it } from 'vitest';
import type { Project, Service } from '../../../src/compose/model.ts';
import { servicesToAttach } from '../../../src/engine/logs/attach-selection.ts';

const needs = (...names: string[]): Pick<Service, 'depends_on'> => ({
  depends_on: Object.fromEntries(
    names.map((name) => [name, { condition: 'service_started', required: true }]),
  ),
});

const services: Record<string, Service> = {
  web: { name: 'web', ...needs('api') },
  api: { name: 'api', ...needs('db') },
  db: { name: 'db' },
  noisy: { name: 'noisy', attach: false },
};
const project = { services } as unknown as Project;
const none = { services: [], attach: [], noAttach: [], dependencies: false };

describe('services that up shows', () => {
  it.each([
    ['all but those with attach: false', {}, ['api', 'db', 'web']],
    ['those named', { services: ['web'] }, ['web']],
    [
      'those named and what they need',
      { services: ['web'], dependencies: true },
      ['api', 'db', 'web'],
    ],
    ['only those of --attach, even with attach: false', { attach: ['noisy'] }, ['noisy']],
    ['none of --no-attach', { noAttach: ['db', 'web'] }, ['api']],
    ['--no-attach before --attach', { attach: ['db', 'api'], noAttach: ['db'] }, ['api']],
    ['all when none would be left', { attach: ['db'], noAttach: ['db'] }, Object.keys(services)],
    [
      'all when only one with attach: false is named',
      { services: ['noisy'] },
      Object.keys(services),
    ],
  ])('are %s', (_title, selection, value) => {
    expect(servicesToAttach(project, { ...none, ...selection })).toEqual({
      ok: true,
      value: value.toSorted(),
    });
  });

  it('refuses to attach to what is not started', () => {
    expect(servicesToAttach(project, { ...none, attach: ['db', 'cache'] })).toEqual({
      ok: false,
      error: 'cannot attach to services not included in up: cache',
    });
  });
});
