import { expect, it, test } from 'vitest';

import { nodeAt } from '../../../src/compose/node.ts';
import { applyResets, rememberCleared, takeResets } from '../../../src/compose/reset.ts';
import { place, plain, tree } from './tree.ts';

const base = 'services: {a: {image: i, ports: [80], environment: {A: 1, B: 2}}, b: {image: j}}';

test.each([
  [
    'services: {a: {ports: !reset null}}',
    { a: { image: 'i', environment: { A: 1, B: 2 } }, b: { image: 'j' } },
  ],
  [
    'services: {a: {ports: !reset [1, 2]}}',
    { a: { image: 'i', environment: { A: 1, B: 2 } }, b: { image: 'j' } },
  ],
  [
    'services: {a: {ports: !override [81]}}',
    { a: { image: 'i', environment: { A: 1, B: 2 } }, b: { image: 'j' } },
  ],
  [
    'services: {a: {environment: {A: !reset null}}}',
    { a: { image: 'i', ports: [80], environment: { B: 2 } }, b: { image: 'j' } },
  ],
  ['services: {a: !reset null}', { b: { image: 'j' } }],
  [
    'services: {c: {image: !reset x}}',
    { a: { image: 'i', ports: [80], environment: { A: 1, B: 2 } }, b: { image: 'j' } },
  ],
  [
    'x-p: &p !reset null\nservices: {a: {ports: *p}, b: {image: *p}}',
    { a: { image: 'i', environment: { A: 1, B: 2 } }, b: {} },
  ],
])('%s clears what was there', (document, services) => {
  const { resets } = takeResets(tree(document));
  expect(plain(applyResets(tree(base), resets))).toEqual({ services });
});

test.each([
  ['a: !reset 1\nb: 2', { b: 2 }],
  ['a: !override [1]\nb: 2', { a: [1], b: 2 }],
  ['a: [1, !reset 2, 3]', { a: [1, 3] }],
  ['a: {b: {c: !reset {d: 1}}}', { a: { b: {} } }],
  ['a: !override {b: !reset x, c: 2}', { a: { b: 'x', c: 2 } }],
])('%s loses its directives', (document, expected) => {
  const { node } = takeResets(tree(document));
  expect(plain(node)).toEqual(expected);
  expect(takeResets(node).node).toBe(node);
});

it('leaves a document without directives alone, however often its anchors are used', () => {
  let text = 'a0: &a0 {x: 1}\n';
  for (let n = 1; n < 16; n += 1) text += `a${n}: &a${n} [*a${n - 1}, *a${n - 1}]\n`;
  const document = tree(text);
  expect(takeResets(document).node).toBe(document);
});

it('lets an override remember the value that it clears', () => {
  const before = tree(base, '/p/a.yaml');
  const document = tree('services: {a: {ports: !override [81]}}', '/p/b.yaml');
  const { node, resets } = takeResets(document);
  const ports = nodeAt(rememberCleared(node, before, resets), ['services', 'a', 'ports']);
  expect(ports?.replaced?.map(({ span }) => place(span))).toEqual(['/p/a.yaml:1:33']);
});
