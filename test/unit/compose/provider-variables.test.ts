import { describe, expect, it } from 'vitest';
import { withProviderVariables } from '../../../src/compose/provider-variables.ts';

const on = (...names: readonly string[]) => ({
  depends_on: Object.fromEntries(
    names.map((name) => [name, { condition: 'service_started' as const, required: true }]),
  ),
});

describe('what providers give', () => {
  it('reaches direct dependents, with the name of the service in front or as it is', () => {
    const services = {
      'my-db': { name: 'my-db' },
      app: { name: 'app', environment: { A: '1' }, ...on('my-db') },
      web: { name: 'web', ...on('app') },
    };
    const given = new Map([['my-db', { prefixed: { URL: 'x' }, raw: { TOKEN: 't' } }]]);
    const provided = withProviderVariables(services, given);
    expect(provided.services['app']?.environment).toEqual({
      A: '1',
      'MY-DB_URL': 'x',
      TOKEN: 't',
    });
    expect(provided.services['web']).toBe(services.web);
    expect(provided.services['my-db']).toBe(services['my-db']);
    expect(provided.warnings).toEqual([]);
  });

  it('overrides what was there; raw names say so unless the value is the same', () => {
    const services = {
      app: {
        name: 'app',
        environment: { DB_URL: 'old', TOKEN: 'old', SAME: 's', EMPTY: null },
        ...on('db', 'queue'),
      },
    };
    const provided = withProviderVariables(
      services,
      new Map([
        ['db', { prefixed: { URL: 'new' }, raw: { TOKEN: 'a', SAME: 's', EMPTY: '' } }],
        ['queue', { prefixed: {}, raw: { TOKEN: 'b' } }],
      ]),
    );
    expect(provided.services['app']?.environment).toEqual({
      DB_URL: 'new',
      TOKEN: 'b',
      SAME: 's',
      EMPTY: '',
    });
    expect(provided.warnings).toEqual([
      'provider "db" overrides environment variable "TOKEN" in service "app"',
      'provider "db" overrides environment variable "EMPTY" in service "app"',
      'provider "queue" overrides environment variable "TOKEN" in service "app"',
    ]);
  });
});
