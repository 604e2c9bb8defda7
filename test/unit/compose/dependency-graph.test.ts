import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { dependencyGraph } from '../../../src/compose/dependency-graph.ts';
import { dependsOn } from './project.ts';

describe('a dependency graph', () => {
  it('puts services after what they depend on, otherwise by name', () => {
    const graph = dependencyGraph({ web: dependsOn('db', 'cache'), db: {}, cache: {}, app: {} });
    expect(graph.order).toEqual(['app', 'cache', 'db', 'web']);
    expect(graph.levels).toEqual([['app', 'cache', 'db'], ['web']]);
    expect(graph.cycles).toEqual([]);
  });

  it('knows both directions', () => {
    const graph = dependencyGraph({ a: dependsOn('c', 'b'), b: dependsOn('c'), c: {} });
    expect(graph.dependenciesOf('a')).toEqual(['b', 'c']);
    expect(graph.dependentsOf('c')).toEqual(['a', 'b']);
    expect(graph.dependentsOf('nobody')).toEqual([]);
  });

  it('has no edges to services outside', () => {
    expect(dependencyGraph({ a: dependsOn('elsewhere') }).dependenciesOf('a')).toEqual([]);
  });

  it.each([
    [{ a: dependsOn('a') }, [['a', 'a']]],
    [{ a: dependsOn('b'), b: dependsOn('a') }, [['a', 'b', 'a']]],
    [{ z: dependsOn('y'), y: dependsOn('x'), x: dependsOn('y') }, [['x', 'y', 'x']]],
    [
      { a: dependsOn('b'), b: dependsOn('a'), c: dependsOn('d'), d: dependsOn('c') },
      [
        ['a', 'b', 'a'],
        ['c', 'd', 'c'],
      ],
    ],
  ])('finds the cycles of %j', (services, cycles) => {
    expect(dependencyGraph(services).cycles).toEqual(cycles);
  });

  it('bears a chain of ten thousand services', () => {
    const names = Array.from({ length: 10_000 }, (_, index) => `s${index}`);
    const services = Object.fromEntries(
      names.map((name, index) => [name, index > 0 ? dependsOn(`s${index - 1}`) : {}]),
    );
    const { order, levels } = dependencyGraph(services);
    expect(order[9_999]).toBe('s9999');
    expect(levels).toHaveLength(10_000);
  });

  it('orders every graph without cycles so that dependencies come first', () => {
    const edges = fc.array(fc.tuple(fc.nat(12), fc.nat(12)));
    fc.assert(
      fc.property(edges, (pairs) => {
        const names = Array.from({ length: 13 }, (_, index) => `s${index}`);
        const services = Object.fromEntries(
          names.map((name, index) => {
            const below = pairs.filter(([from, to]) => from === index && to < index);
            return [name, dependsOn(...below.map(([, to]) => `s${to}`))];
          }),
        );
        const graph = dependencyGraph(services);
        expect(graph.cycles).toEqual([]);
        expect(graph.order.toSorted()).toEqual(names.toSorted());
        for (const name of names) {
          for (const dependency of graph.dependenciesOf(name)) {
            expect(graph.order.indexOf(dependency)).toBeLessThan(graph.order.indexOf(name));
          }
        }
      }),
    );
  });
});
