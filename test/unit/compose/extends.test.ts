import { describe, expect, it } from 'vitest';

import type { Diagnostic } from '../../../src/compose/diagnostic.ts';
import { applyExtends } from '../../../src/compose/extends.ts';
import type { BaseRequest, ExtendsScope } from '../../../src/compose/extends.ts';
import { nodeAt } from '../../../src/compose/node.ts';
import { takeResets } from '../../../src/compose/reset.ts';
import { place, plain, tree } from './tree.ts';

interface Extended {
  readonly services: unknown;
  readonly faults: readonly Diagnostic[];
  readonly opened: readonly string[];
}

/** Applies `extends` to a document; `files` are the other files, by the name that it uses. */
function extend(text: string, files: Readonly<Record<string, string>> = {}): Extended {
  const faults: Diagnostic[] = [];
  const opened: string[] = [];
  const scopes = new Map<string, ExtendsScope>();
  const openBase = ({ file }: BaseRequest): ExtendsScope | undefined => {
    opened.push(file);
    let scope = scopes.get(file);
    const base = files[file];
    if (scope === undefined && base !== undefined) {
      const { node, resets } = takeResets(tree(base, file));
      const services = nodeAt(node, ['services']);
      const entries = new Map(services?.kind === 'map' ? services.entries : []);
      scope = { file, services: entries, resets, resolved: new Set() };
      scopes.set(file, scope);
    }
    return scope;
  };
  const { node, resets } = takeResets(tree(text, 'compose.yaml'));
  const loader = { report: (fault: Diagnostic) => faults.push(fault), openBase };
  const extended = applyExtends(node, { file: 'compose.yaml', resets }, loader);
  return { services: (plain(extended) as { services: unknown }).services, faults, opened };
}

describe('a service that extends another', () => {
  it('is merged over it', () => {
    const { services, faults } = extend(`
services:
  base: {image: i, environment: {A: 1}}
  a: {extends: base, environment: {B: 2}}
  b: {extends: {service: base}, image: j}
`);
    expect(faults).toEqual([]);
    expect(services).toEqual({
      base: { image: 'i', environment: { A: 1 } },
      a: { image: 'i', environment: ['A=1', 'B=2'] },
      b: { image: 'j', environment: { A: 1 } },
    });
  });

  it('gets what its base extends, whatever the order', () => {
    const { services } = extend(`
services:
  a: {extends: b, hostname: a}
  b: {extends: c, tty: true}
  c: {image: i}
`);
    expect(services).toEqual({
      a: { image: 'i', tty: true, hostname: 'a' },
      b: { image: 'i', tty: true },
      c: { image: 'i' },
    });
  });

  it('finds bases in other files, and their bases where those are', () => {
    const { services, opened } = extend(
      `
services:
  a: {extends: {file: one.yaml, service: a}, tty: true}
  b: {extends: {file: one.yaml, service: plain}}
`,
      {
        'one.yaml': `
services:
  a: {extends: plain, hostname: one}
  plain: {extends: {file: two.yaml, service: a}}
`,
        'two.yaml': 'services: {a: {image: i}}',
      },
    );
    expect(services).toEqual({ a: { image: 'i', hostname: 'one', tty: true }, b: { image: 'i' } });
    expect(opened).toEqual(['one.yaml', 'two.yaml', 'one.yaml']);
  });

  it('may clear and replace what it inherits', () => {
    const { services } = extend(`
services:
  base: {image: i, ports: [1], environment: {A: 1}}
  a: {extends: base, ports: !override [2], environment: !reset null}
  b: {extends: a, ports: [3]}
`);
    expect(services).toEqual({
      base: { image: 'i', ports: [1], environment: { A: 1 } },
      a: { image: 'i', ports: [2] },
      b: { image: 'i', ports: [2, 3] },
    });
  });

  it('may have a name that its own file uses for something else', () => {
    const { services, faults } = extend(
      'services: {a: {extends: {file: one.yaml, service: b}}, b: {extends: a}}',
      { 'one.yaml': 'services: {b: {extends: a}, a: {image: i}}' },
    );
    expect(faults).toEqual([]);
    expect(services).toEqual({ a: { image: 'i' }, b: { image: 'i' } });
  });

  it('stays as it is when its base is empty', () => {
    const { services, faults } = extend('services: {base: null, a: {extends: base, image: i}}');
    expect(faults).toEqual([]);
    expect(services).toEqual({ base: null, a: { extends: 'base', image: 'i' } });
  });
});

describe('what cannot be extended', () => {
  const messages = (extended: Extended): string[] => extended.faults.map(({ message }) => message);

  it('a service that does not exist', () => {
    const extended = extend('services:\n  a: {extends: nope}\n  b: {extends: {service: c}}\n');
    expect(messages(extended)).toEqual([
      'cannot extend service "a" in compose.yaml: service "nope" not found',
      'cannot extend service "b" in compose.yaml: service "c" not found',
    ]);
    expect(extended.faults.map(({ span }) => place(span))).toEqual([
      'compose.yaml:2:16',
      'compose.yaml:3:26',
    ]);
  });

  it('a service that the other file lacks', () => {
    const extended = extend('services: {a: {extends: {file: one.yaml, service: b}}}', {
      'one.yaml': 'services: {a: {image: i}}',
    });
    expect(messages(extended)).toEqual([
      'cannot extend service "a" in compose.yaml: service "b" not found in one.yaml',
    ]);
  });

  it('itself, directly or over others, with every step named', () => {
    const extended = extend(
      `
services:
  a: {extends: {file: one.yaml, service: b}}
  self: {extends: self}
`,
      { 'one.yaml': 'services: {b: {extends: c}, c: {extends: b}}' },
    );
    expect(messages(extended)).toEqual([
      'Circular reference:\n  b in one.yaml\n  extends c in one.yaml\n  extends b in one.yaml',
      'Circular reference:\n  self in compose.yaml\n  extends self in compose.yaml',
    ]);
    expect(extended.faults[0]?.notes).toHaveLength(2);
  });

  it.each([
    ['services: []', 'services must be a mapping'],
    ['services: {a: text}', 'services.a must be a mapping'],
    ['services: {a: {extends: {file: f}}}', 'extends.a.service is required'],
    [
      'services: {a: {extends: {file: [f], service: b}}}',
      'services.a.extends.file must be a string',
    ],
  ])('%s', (text, message) => {
    expect(messages(extend(text))).toEqual([message]);
  });
});
