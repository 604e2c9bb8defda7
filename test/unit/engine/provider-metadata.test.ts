import { describe, expect, it } from 'vitest';
import { parseProviderMetadata, providerArguments } from '../../../src/engine/provider/metadata.ts';

const call = {
  project: 'p',
  service: 'db',
  provider: { type: 'cloud', options: { size: ['10'], tag: ['a', 'b'] } },
  command: 'up',
} as const;

const described = parseProviderMetadata(
  JSON.stringify({
    description: 'clouds',
    up: { parameters: [{ name: 'size', required: true }, { name: 'zone' }] },
    down: { parameters: [] },
    stop: {},
  }),
);

describe('metadata of a provider', () => {
  it.each([
    ['nothing', ''],
    ['no JSON', 'hello'],
    ['another shape', '[]'],
    ['parameters of another shape', '{"description":"x","up":{"parameters":["size"]}}'],
    ['a command of another shape', '{"description":"x","up":"size"}'],
    ['an empty object', '{}'],
  ])('%s describes nothing, so all options are passed on', (_title, json) => {
    const metadata = parseProviderMetadata(json);
    expect(metadata).toEqual({ described: false, up: [], down: [] });
    expect(providerArguments(metadata, call)).toEqual({
      ok: true,
      value: ['compose', '--project-name=p', 'up', '--size=10', '--tag=a', '--tag=b', 'db'],
    });
  });

  it('says which options each command takes', () => {
    const argumentsOf = (command: 'up' | 'down' | 'stop') =>
      providerArguments(described, { ...call, command });
    expect(argumentsOf('up')).toEqual({
      ok: true,
      value: ['compose', '--project-name=p', 'up', '--size=10', 'db'],
    });
    expect(argumentsOf('down')).toEqual({
      ok: true,
      value: ['compose', '--project-name=p', 'down', 'db'],
    });
    expect(argumentsOf('stop')).toEqual({
      ok: true,
      value: ['compose', '--project-name=p', 'stop', 'db'],
    });
  });

  it('says which options must be there', () => {
    const provider = { type: 'cloud', options: { zone: ['eu'] } };
    expect(providerArguments(described, { ...call, provider })).toEqual({
      ok: false,
      error: 'required parameter "size" is missing from provider "cloud" definition',
    });
  });

  it('can stop only where it says so', () => {
    expect(described.stop).toEqual([]);
    expect(parseProviderMetadata('{"description":"x"}').stop).toBeUndefined();
    expect(parseProviderMetadata('{"description":"x","stop":null}').stop).toBeUndefined();
  });
});
