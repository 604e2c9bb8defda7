import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { canReload, mergeDaemonJson } from '../../../../src/machines/provision/daemon-json.ts';
import {
  daemonConfig,
  type DaemonConfig,
  type JsonValue,
} from '../../../../src/machines/provision/engine-keys.ts';

const none = { labels: [], options: [], insecureRegistries: [], registryMirrors: [] };

describe('options of an engine', () => {
  it.each<[string, DaemonConfig]>([
    ['debug', { debug: true }],
    ['--debug=false', { debug: false }],
    ['mtu=1400', { mtu: 1400 }],
    ['log-level=warn', { 'log-level': 'warn' }],
    ['dns=10.0.0.2', { dns: ['10.0.0.2'] }],
    ['storage-opt=size=20G', { 'storage-opts': ['size=20G'] }],
    ['log-opt=max-file=3', { 'log-opts': { 'max-file': '3' } }],
    ['feature=containerd-snapshotter=true', { features: { 'containerd-snapshotter': true } }],
    ['label=a=b', { labels: ['a=b'] }],
    ['graph=/data', { 'data-root': '/data' }],
    ['http-proxy=http://p:1', { proxies: { 'http-proxy': 'http://p:1' } }],
    [
      'default-address-pools=[{"base":"10.9.0.0/16","size":24}]',
      { 'default-address-pools': [{ base: '10.9.0.0/16', size: 24 }] },
    ],
    ['brand-new-switch=true', { 'brand-new-switch': true }],
    ['brand-new-number=7', { 'brand-new-number': 7 }],
  ])('%s has the type that dockerd wants', (option, config) => {
    expect(daemonConfig({ ...none, options: [option] })).toEqual({ ok: true, value: config });
  });

  it('that belong together are one key', () => {
    const options = ['log-opt=max-file=3', 'log-opt=max-size=1m', 'dns=1.1.1.1', 'dns=8.8.8.8'];
    expect(daemonConfig({ ...none, options })).toEqual({
      ok: true,
      value: { 'log-opts': { 'max-file': '3', 'max-size': '1m' }, dns: ['1.1.1.1', '8.8.8.8'] },
    });
  });

  it('that are wrong are all told', () => {
    const result = daemonConfig({
      ...none,
      labels: ['plain'],
      options: ['debug=maybe', 'log-levle=warn', 'log-opt=x', 'tlsverify', 'runtimes=crun', '=1'],
    });
    expect(result).toEqual({
      ok: false,
      error: [
        'engine label "plain": it has to be KEY=VALUE',
        'engine option "debug=maybe": the value has to be true or false',
        'engine option "log-levle=warn": dockerd has no such option; did you mean "log-level"?',
        'engine option "log-opt=x": the value has to be NAME=VALUE, as in log-opts=NAME=VALUE',
        'engine option "tlsverify": use --engine-tls, which makes the certificates too',
        'engine option "runtimes=crun": the value has to be JSON, as daemon.json has it',
        'engine option "=1": it has to be KEY=VALUE',
      ],
    });
  });
});

const value: fc.Arbitrary<JsonValue> = fc.oneof(
  fc.string(),
  fc.integer(),
  fc.boolean(),
  fc.uniqueArray(fc.string(), { maxLength: 3 }),
  fc.dictionary(fc.constantFrom('x', 'y', 'z'), fc.string(), { noNullPrototype: true }),
);
const config: fc.Arbitrary<DaemonConfig> = fc.dictionary(
  fc.constantFrom('a', 'b', 'c', 'labels', 'e'),
  value,
  { noNullPrototype: true },
);

/** The configuration that a merge leads to. */
function after(text: string, wanted: DaemonConfig, earlier: DaemonConfig = {}): DaemonConfig {
  const merged = mergeDaemonJson(text, wanted, earlier);
  if (!merged.ok) throw new Error(merged.error);
  return JSON.parse(merged.value.text ?? text) as DaemonConfig;
}

describe('daemon.json', () => {
  it('twice merged is once merged', () => {
    fc.assert(
      fc.property(config, config, (current, wanted) => {
        const once = JSON.stringify(after(JSON.stringify(current), wanted));
        const twice = mergeDaemonJson(once, wanted, wanted);
        expect(twice).toEqual({
          ok: true,
          value: { text: undefined, changed: [], gone: [], difference: [] },
        });
      }),
    );
  });

  it('keeps every key that nobody wants otherwise', () => {
    fc.assert(
      fc.property(config, config, (current, wanted) => {
        const result = after(JSON.stringify(current), wanted);
        for (const [key, kept] of Object.entries(current)) {
          if (!(key in wanted)) expect(result[key]).toEqual(kept);
        }
      }),
    );
  });

  it('is what it was when what was put there is taken out again', () => {
    fc.assert(
      fc.property(config, config, (current, wanted) => {
        const others = Object.fromEntries(
          Object.entries(current).filter(([key]) => !(key in wanted)),
        );
        const text = JSON.stringify(after(JSON.stringify(others), wanted));
        const result = after(text, {}, wanted);
        const empty = (item: JsonValue): boolean =>
          JSON.stringify(item) === '[]' || JSON.stringify(item) === '{}';
        const left = Object.entries(result).filter(
          ([key, item]) => !(key in wanted && empty(item)),
        );
        expect(Object.fromEntries(left)).toEqual(others);
      }),
    );
  });

  it('has one value for a label, and shows no password of an address', () => {
    const text =
      '{\n\t"labels": ["a=1", "b=2"],\n\t"proxies": {"http-proxy": "http://u:pw@old"}\n}';
    const wanted = { labels: ['a=3'], proxies: { 'http-proxy': 'http://u:pw@new' } };
    const merged = mergeDaemonJson(text, wanted, {});
    expect(merged).toMatchObject({
      value: {
        changed: ['labels', 'proxies'],
        difference: [
          '~ labels: ["a=1","b=2"] → ["b=2","a=3"]',
          '~ proxies: {"http-proxy":"http://…@old"} → {"http-proxy":"http://…@new"}',
        ],
        text: expect.stringContaining('\n\t"labels"'),
      },
    });
  });

  it.each([
    ['{"a": 1,}', 'line 1, column 9: expected a key in double quotes'],
    ['{\n  "a": 1\n  "b": 2\n}', 'line 3, column 3: expected "," or "}"'],
    ['[]', 'has to be an object'],
  ])('%j is refused with its place', (text, fault) => {
    expect(mergeDaemonJson(text, {}, {})).toMatchObject({
      ok: false,
      error: expect.stringContaining(fault),
    });
  });

  it('is read again by a running engine only for keys that it takes over', () => {
    expect(canReload(['labels', 'registry-mirrors'])).toBe(true);
    expect(canReload(['labels', 'mtu'])).toBe(false);
  });

  it('needs a restart for what is taken out, which a running engine keeps', () => {
    const earlier = { 'registry-mirrors': ['https://m'], labels: ['a=b', 'c=d'] };
    const merged = mergeDaemonJson(JSON.stringify(earlier), { labels: ['a=b'] }, earlier);
    if (!merged.ok) throw new Error(merged.error);
    const { changed, gone } = merged.value;
    expect(gone).toEqual(['registry-mirrors']);
    expect(canReload(changed, gone)).toBe(false);
    expect(canReload(['labels'], [])).toBe(true);
    expect(canReload(['features'])).toBe(false);
  });
});
