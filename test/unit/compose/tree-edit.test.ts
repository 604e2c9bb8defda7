import { describe, expect, it } from 'vitest';

import { intNode, nodeAt, toPlain } from '../../../src/compose/node.ts';
import { rewriteAt, withEntry, withMissing } from '../../../src/compose/tree-edit.ts';
import { placed, tree } from './tree.ts';

const root = tree('a: {x: 1, y: 2}\nb: [{x: 3}, {y: 4}, 5]\nc: 6\n');

describe('rewriting at a pattern', () => {
  it.each([
    ['a.x', ['a.x']],
    ['a.*', ['a.x', 'a.y']],
    ['b.*.x', ['b.0.x']],
    ['*', ['a', 'b', 'c']],
    ['c.*', []],
    ['b.x', []],
    ['missing.x', []],
  ])('%s visits %j', (pattern, visited) => {
    const seen: string[] = [];
    const made = rewriteAt(root, pattern, (node, path) => {
      seen.push(path.join('.'));
      return node;
    });
    expect(seen).toEqual(visited);
    expect(made).toBe(root);
  });

  it('shares what it leaves alone', () => {
    const made = rewriteAt(root, 'b.*.x', (node) => intNode(9, node.span));
    expect(toPlain(made)).toMatchObject({ b: [{ x: 9 }, { y: 4 }, 5] });
    expect(nodeAt(made, ['a'])).toBe(nodeAt(root, ['a']));
    expect(nodeAt(made, ['b', 1])).toBe(nodeAt(root, ['b', 1]));
    expect(toPlain(root)).toMatchObject({ b: [{ x: 3 }, { y: 4 }, 5] });
  });
});

describe('setting an entry', () => {
  it('keeps the place of a key that was there', () => {
    const made = withEntry(root, 'c', intNode(7, root.span));
    expect(placed(made.entries.get('c')?.keySpan)).toBe('3: c');
    expect([...made.entries.keys()]).toEqual(['a', 'b', 'c']);
  });

  it('can be left to absent keys', () => {
    const made = withMissing(root, { c: intNode(7, root.span), d: intNode(8, root.span) });
    expect(toPlain(made)).toMatchObject({ c: 6, d: 8 });
  });
});
