import { describe, expect, it } from 'vitest';
import { contentSources } from '../../../src/compose/content-sources.ts';
import type { Project, Service } from '../../../src/compose/model.ts';

const service: Service = {
  name: 'app',
  secrets: [{ source: 'token' }, { source: 'unset' }],
  configs: [{ source: 'settings', target: '/etc/app' }, { source: 'greeting' }],
  volumes: [
    { type: 'bind', source: '/srv/nginx.conf', target: '/etc/nginx.conf' },
    { type: 'volume', source: 'data', target: '/data' },
  ],
};

const project: Project = {
  name: 'p',
  services: { app: service },
  disabledServices: {},
  networks: {},
  volumes: {},
  secrets: { token: { environment: 'TOKEN' }, unset: { environment: 'NOBODY_SET_IT' } },
  configs: { settings: { file: '/srv/settings' }, greeting: { content: 'hello' } },
  models: {},
  environment: { TOKEN: 's3cret' },
} as unknown as Project;

describe('contents that a service is given', () => {
  const given = [
    { label: 'secret token', origin: { kind: 'text', text: 's3cret' } },
    { label: 'config settings', origin: { kind: 'file', path: '/srv/settings', any: false } },
    { label: 'config greeting', origin: { kind: 'text', text: 'hello' } },
  ];
  const bound = {
    label: 'file /srv/nginx.conf',
    origin: { kind: 'file', path: '/srv/nginx.conf', any: true },
  };

  it.each([
    ['ignore', []],
    ['configs', given],
    ['files', [...given, bound]],
  ] as const)('with "%s"', (policy, expected) => {
    expect(contentSources(project, service, policy)).toEqual(expected);
  });

  it('are none of a service without any', () => {
    expect(contentSources(project, { name: 'db' }, 'files')).toEqual([]);
  });
});
