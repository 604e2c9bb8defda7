import { getEventListeners } from 'node:events';
import fc from 'fast-check';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import type { Call, EngineClient } from '../../../src/engine/client.ts';
import type { Engine } from '../../../src/engine/engine.ts';
import { EngineError } from '../../../src/engine/errors.ts';
import { runPlan, type RunOptions, type RunReport } from '../../../src/engine/run.ts';
import type { Action, Step } from '../../../src/scheduler/plan.ts';
import { project, service } from './samples.ts';

/** An engine whose every call is held until the test lets it go on. */
class HeldEngine {
  readonly calls: { readonly call: Call; readonly go: (error?: Error) => void }[] = [];
  /** Paths of all calls so far. */
  readonly seen: string[] = [];
  hold = true;
  most = 0;

  engine(host = 'local'): Engine {
    const client: EngineClient = {
      address: 'unix:///x',
      apiVersion: '1.51',
      server: { osType: 'linux', builder: '2', swarm: false },
      supports: () => true,
      send: <T>(call: Call, signal: AbortSignal) =>
        new Promise<T>((resolve, reject) => {
          this.seen.push(`${call.method} ${call.path}`);
          const entry = {
            call,
            go: (error?: Error) => {
              this.calls.splice(this.calls.indexOf(entry), 1);
              if (error === undefined) resolve({ Id: 'made' } as T);
              else reject(error);
            },
          };
          this.calls.push(entry);
          this.most = Math.max(this.most, this.calls.length);
          signal.addEventListener('abort', () => entry.go(signal.reason as Error), { once: true });
          if (!this.hold) setImmediate(() => entry.go());
        }),
      open: () => Promise.reject(new Error('not used')),
      hijack: () => Promise.reject(new Error('not used')),
      close: () => {},
    };
    const endpoint = { kind: 'unix', path: '/x', origin: 'test' } as const;
    return {
      host,
      endpoint,
      client,
      observe: () => Promise.reject(new Error('not used')),
      close: () => {},
    };
  }

  /** The held call whose path contains `text`, once it is there. */
  async held(text: string): Promise<(error?: Error) => void> {
    for (let turn = 0; turn < 1000; turn += 1) {
      const found = this.calls.find(({ call }) => call.path.includes(text));
      if (found !== undefined) return found.go;
      await new Promise((resolve) => setImmediate(resolve));
    }
    throw new Error(
      `no call of ${text} among ${this.calls.map(({ call }) => call.path).join(' ')}`,
    );
  }
}

function stop(id: string): Action {
  return { kind: 'stop-container', container: { id, name: id } };
}

function begin(id: string): Action {
  return { kind: 'start-container', container: { id, name: id }, service: 'web' };
}

function step(id: number, action: Action, more: Partial<Step> = {}): Step {
  return { id, host: 'local', resource: `r${id}`, cause: 'c', after: [], action, ...more };
}

interface Running {
  readonly report: Promise<RunReport>;
  readonly lines: string[];
}

function start(held: HeldEngine, steps: readonly Step[], more: Partial<RunOptions> = {}): Running {
  const lines: string[] = [];
  const report = runPlan(
    { steps, warnings: [] },
    {
      project: project({ services: { web: service() } }),
      toolVersion: '1',
      hashes: {
        service: () => 'h',
        network: () => 'h',
        volume: () => 'h',
        image: () => Promise.resolve('h'),
      },
      readFile: () => Promise.reject(new Error('not used')),
      pullImage: async () => {},
      buildImages: async () => {},
      runProvider: async () => {},
      prepareModel: async () => {},
      engines: new Map([['local', held.engine()]]),
      signal: new AbortController().signal,
      onEvent: (event) =>
        lines.push(
          event.type === 'message' ? event.text : `${event.progress.id} ${event.progress.text}`,
        ),
      ...more,
    },
  );
  return { report, lines };
}

const ids = (steps: readonly Step[]): readonly number[] => steps.map(({ id }) => id);

describe('running a plan', () => {
  it('begins a step when all that it comes after is done, and no earlier', async () => {
    const held = new HeldEngine();
    const { report } = start(held, [
      step(1, begin('a')),
      step(2, begin('b')),
      step(3, begin('c'), { after: [1, 2] }),
    ]);
    (await held.held('/a/'))();
    const second = await held.held('/b/');
    expect(held.seen).toHaveLength(2);
    second();
    (await held.held('/c/'))();
    expect((await report).outcome).toBe('done');
  });

  it('begins no more calls at a time than it may, but does not wait for containers that are slow to stop', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    onTestFinished(() => void vi.useRealTimers());
    const held = new HeldEngine();
    const paused = Array.from({ length: 6 }, (_, index) => step(index + 1, begin(`p${index}`)));
    const stopped = Array.from({ length: 6 }, (_, index) => step(index + 7, stop(`s${index}`)));
    const { report } = start(held, [...paused, ...stopped], { parallel: 2 });
    await held.held('/s1/');
    expect(held.calls).toHaveLength(4);
    await vi.advanceTimersByTimeAsync(1000);
    await held.held('/s5/');
    expect(held.calls).toHaveLength(8);
    held.hold = false;
    for (const { go } of held.calls.slice()) go();
    expect((await report).outcome).toBe('done');
  });

  it('lets what has begun finish after a failure, and begins nothing more', async () => {
    const held = new HeldEngine();
    const { report, lines } = start(held, [
      step(1, begin('a')),
      step(2, begin('b')),
      step(3, begin('c'), { after: [2] }),
    ]);
    (await held.held('/a/'))(new EngineError('failed', 'broken'));
    (await held.held('/b/'))();
    const got = await report;
    expect(got.outcome).toBe('failed');
    expect(ids(got.done)).toEqual([2]);
    expect(ids(got.undone)).toEqual([1, 3]);
    expect(got.failures).toMatchObject([{ step: { id: 1 }, error: { message: 'broken' } }]);
    expect(lines).toContain('Container a Error');
  });

  it('keeps the first failure in front', async () => {
    const held = new HeldEngine();
    const { report } = start(held, [step(1, begin('a')), step(2, begin('b'))]);
    const first = await held.held('/a/');
    (await held.held('/b/'))(new EngineError('failed', 'b broke'));
    first(new EngineError('failed', 'a broke'));
    const { failures } = await report;
    expect(failures.map(({ error }) => (error as Error).message)).toEqual(['b broke', 'a broke']);
  });

  it('says of a container that could not be killed what Compose says', async () => {
    const held = new HeldEngine();
    const container = { id: 'a', name: 'a' };
    const action: Action = { kind: 'kill-container', container, signal: 'BOGUS' };
    const { report, lines } = start(held, [step(1, action)]);
    (await held.held('/a/kill'))(new EngineError('invalid', 'invalid signal: BOGUS'));
    expect((await report).failures).toHaveLength(1);
    expect(lines).toEqual(['Container a Killing', 'Container a Error while Killing']);
  });

  it('puts back what a failed step replaced, as far as that goes', async () => {
    const held = new HeldEngine();
    const rollback: readonly Action[] = [
      { kind: 'remove-container', container: { createdBy: 1 }, volumes: false },
      { kind: 'rename-container', container: { id: 'old', name: 'old' }, name: 'web' },
      { kind: 'start-container', container: { id: 'old', name: 'old' }, service: 'web' },
    ];
    const { report, lines } = start(held, [step(1, begin('a'), { rollback })]);
    (await held.held('/a/'))(new EngineError('failed', 'broken'));
    (await held.held('/old/rename'))(new EngineError('name-in-use', 'taken'));
    (await held.held('/old/start'))();
    expect((await report).outcome).toBe('failed');
    expect(held.seen.filter((path) => path.startsWith('DELETE'))).toEqual([]);
    expect(lines.slice(-2)).toEqual([
      'could not undo "c" of r1: taken',
      'Container old was put back',
    ]);
  });

  it('rolls back a replacement that something else kept from being finished', async () => {
    const held = new HeldEngine();
    const group = 'recreate web-1';
    const { report } = start(held, [
      step(1, begin('other')),
      step(2, begin('new'), { group }),
      step(3, begin('old'), {
        group,
        after: [1, 2],
        rollback: [{ kind: 'unpause-container', container: { id: 'new', name: 'new' } }],
      }),
    ]);
    const other = await held.held('/other/');
    (await held.held('/new/'))();
    await new Promise((resolve) => setImmediate(resolve));
    other(new EngineError('failed', 'broken'));
    (await held.held('/new/unpause'))();
    expect(ids((await report).undone)).toEqual([1, 3]);
  });

  it('does not put back what a step that never began would have replaced', async () => {
    const held = new HeldEngine();
    const undo: Action = {
      kind: 'start-container',
      container: { id: 'old', name: 'old' },
      service: 'web',
    };
    const { report } = start(
      held,
      [step(1, begin('a')), step(2, begin('b'), { rollback: [undo] })],
      { parallel: 1 },
    );
    (await held.held('/a/'))(new EngineError('failed', 'broken'));
    expect(ids((await report).undone)).toEqual([1, 2]);
    expect(held.seen).toHaveLength(1);
  });

  it('shows a replacement as one line and its start as another', async () => {
    const held = new HeldEngine();
    held.hold = false;
    const group = 'recreate:web:1';
    const old = { id: 'old', name: 'p-web-1' };
    const fresh = { id: 'new', name: 'x_p-web-1' };
    const replaces = { ...old, inheritVolumes: false };
    const steps: readonly Action[] = [
      {
        kind: 'create-container',
        service: 'web',
        number: 1,
        name: fresh.name,
        replaces,
        peers: {},
      },
      { kind: 'stop-container', container: old },
      { kind: 'rename-container', container: old, name: 'x_old_p-web-1' },
      { kind: 'rename-container', container: fresh, name: 'p-web-1' },
      { kind: 'start-container', container: fresh, service: 'web' },
      { kind: 'remove-container', container: old, volumes: false },
    ];
    const { report, lines } = start(
      held,
      steps.map((action, index) =>
        step(index + 1, action, { group, after: index === 0 ? [] : [index] }),
      ),
    );
    expect((await report).outcome).toBe('done');
    expect(lines).toEqual([
      'Container p-web-1 Recreate',
      'Container p-web-1 Recreated',
      'Container p-web-1 Starting',
      'Container p-web-1 Started',
    ]);
  });

  it('after an interrupt begins nothing, finishes what has begun and reports the rest', async () => {
    const held = new HeldEngine();
    const interrupt = new AbortController();
    const { report } = start(held, [step(1, begin('a')), step(2, begin('b'), { after: [1] })], {
      signal: interrupt.signal,
    });
    const go = await held.held('/a/');
    interrupt.abort(new Error('interrupted'));
    go();
    const got = await report;
    expect(got).toMatchObject({ outcome: 'cancelled', failures: [] });
    expect([ids(got.done), ids(got.undone)]).toEqual([[1], [2]]);
  });

  it('breaks a stop off at an interrupt, since the engine goes on by itself', async () => {
    const held = new HeldEngine();
    const interrupt = new AbortController();
    const { report } = start(held, [step(1, stop('a'))], { signal: interrupt.signal });
    await held.held('/a/');
    interrupt.abort(new Error('interrupted'));
    expect(await report).toMatchObject({ outcome: 'cancelled', failures: [] });
  });

  it('leaves no listener at a signal that outlives it', async () => {
    const held = new HeldEngine();
    held.hold = false;
    const signal = new AbortController().signal;
    await start(held, [step(1, begin('a'))], { signal }).report;
    const before = getEventListeners(signal, 'abort').length;
    await start(held, [step(1, begin('a')), step(2, begin('b'))], { signal }).report;
    expect(getEventListeners(signal, 'abort').length).toBe(before);
  });

  it('serialises starts whose ports the engine picks, and only those', async () => {
    const held = new HeldEngine();
    const services = {
      free: service({ name: 'free' }),
      ranged: service({ name: 'ranged', ports: [{ target: 80, published: '8000-8010' }] }),
    };
    const startOf = (id: number, name: string, of: string): Step =>
      step(id, { kind: 'start-container', container: { id: name, name }, service: of });
    const { report } = start(
      held,
      [
        startOf(1, 'r1', 'ranged'),
        startOf(2, 'r2', 'ranged'),
        startOf(3, 'f1', 'free'),
        startOf(4, 'f2', 'free'),
      ],
      { project: project({ services }) },
    );
    await held.held('/f2/');
    expect(new Set(held.seen.map((path) => path.split('/')[2]))).toEqual(
      new Set(['f1', 'f2', 'r1']),
    );
    (await held.held('/r1/'))();
    (await held.held('/r2/'))();
    held.hold = false;
    for (const { go } of held.calls.slice()) go();
    expect((await report).outcome).toBe('done');
  });

  it('throws for a plan that names a host nobody knows', async () => {
    await expect(
      start(new HeldEngine(), [step(1, begin('a'), { host: 'far' })]).report,
    ).rejects.toThrow('unknown host "far"');
  });

  it('does every step once, after those it comes after, whatever the shape', async () => {
    const shape = fc.array(fc.array(fc.nat(), { maxLength: 3 }), { minLength: 1, maxLength: 12 });
    await fc.assert(
      fc.asyncProperty(shape, fc.integer({ min: 1, max: 4 }), async (rows, parallel) => {
        const steps = rows.map((row, index) =>
          step(index + 1, begin(`c${index + 1}`), {
            after: index === 0 ? [] : [...new Set(row.map((n) => (n % index) + 1))],
          }),
        );
        const held = new HeldEngine();
        held.hold = false;
        const { outcome } = await start(held, steps, { parallel }).report;
        expect(outcome).toBe('done');
        expect(held.most).toBeLessThanOrEqual(parallel);
        const order = held.seen.map((path) => Number(/c(\d+)/.exec(path)?.[1]));
        expect([...order].sort((a, b) => a - b)).toEqual(ids(steps));
        for (const { id, after } of steps) {
          for (const before of after) {
            expect(order.indexOf(before)).toBeLessThan(order.indexOf(id));
          }
        }
      }),
      { numRuns: 30 },
    );
  });
});
