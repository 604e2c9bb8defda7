import { describe, expect, it } from 'vitest';
import type { Engine } from '../../../src/engine/engine.ts';
import { attachProject, type AttachOptions } from '../../../src/engine/logs/attach.ts';
import type { LogEvent, LogSource } from '../../../src/engine/logs/log-event.ts';
import { readLogs, type LogsOptions } from '../../../src/engine/logs/logs.ts';
import { namedSource } from '../../../src/engine/logs/project-containers.ts';
import { useEngine } from './projects.ts';

const NAME = 'tclogs';
const { signal } = new AbortController();
let engine: Engine;

useEngine(NAME, (connected) => (engine = connected));

/** Creates the first container of a service that runs a shell script. */
async function create(service: string, script: string, more: object = {}): Promise<LogSource> {
  const name = `${NAME}-${service}-1`;
  const { Id: id } = await engine.client.send<{ readonly Id: string }>(
    {
      method: 'POST',
      path: '/containers/create',
      query: { name },
      body: {
        Image: 'busybox',
        Cmd: ['sh', '-c', script],
        Labels: {
          'com.docker.compose.project': NAME,
          'com.docker.compose.service': service,
          'com.docker.compose.oneoff': 'False',
          'com.docker.compose.container-number': '1',
          'com.docker.compose.config-hash': 'x',
        },
        ...more,
      },
    },
    signal,
  );
  return namedSource(NAME, service, { id, name });
}

const post = (source: LogSource, action: string): Promise<unknown> =>
  engine.client.send({ method: 'POST', path: `/containers/${source.id}/${action}` }, signal);

const remove = (source: LogSource): Promise<unknown> =>
  engine.client.send(
    { method: 'DELETE', path: `/containers/${source.id}`, query: { force: true } },
    signal,
  );

/** Starts containers and waits until they have exited. */
async function runAll(...sources: LogSource[]): Promise<void> {
  for (const source of sources) {
    await post(source, 'start');
    await post(source, 'wait');
  }
}

/** Collects events, and lets a test wait for one. */
class Recorder {
  readonly events: LogEvent[] = [];
  readonly #waiting: { matches: (text: string) => boolean; resolve: () => void }[] = [];

  readonly record = (event: LogEvent): void => {
    this.events.push(event);
    const text = describeEvent(event);
    for (const { matches, resolve } of this.#waiting) if (matches(text)) resolve();
  };

  /** Resolves when an event that reads like this has come. */
  seen(wanted: string): Promise<void> {
    if (this.texts().includes(wanted)) return Promise.resolve();
    return new Promise((resolve) => {
      this.#waiting.push({ matches: (text) => text === wanted, resolve });
    });
  }

  texts(): string[] {
    return this.events.map((event) => describeEvent(event));
  }

  /** Texts of one container, without what it was started and created for. */
  of(name: string): string[] {
    return this.texts().filter((text) => text.startsWith(`${name} `));
  }
}

function describeEvent(event: LogEvent): string {
  switch (event.type) {
    case 'sources':
      return `sources ${event.sources.map(({ name }) => name).join(' ')}`;
    case 'line':
      return `${event.source.name} ${event.stream}: ${event.line}`;
    case 'exited':
      return `${event.source.name} exited ${event.exitCode}${event.restarting ? ' restarting' : ''}`;
    case 'started':
      return `${event.source.name} ${event.restarted ? 'restarted' : 'started'}`;
    case 'created':
    case 'recreated':
    case 'health':
    case 'removed':
    case 'warning':
      return `${event.source.name} ${event.type}`;
  }
}

async function logs(more: Partial<LogsOptions> = {}): Promise<Recorder> {
  const recorder = new Recorder();
  const options = { project: NAME, services: [], follow: false, timestamps: false, ...more };
  await readLogs(engine.client, options, recorder.record, signal);
  return recorder;
}

describe('logs', () => {
  it('are read of all services, or of those that are named', async () => {
    await runAll(await create('a', 'echo out; echo err >&2'), await create('b', 'printf open'));
    const all = await logs();
    expect(all.texts()[0]).toBe('sources a-1 b-1');
    expect(all.of('a-1').sort()).toEqual(['a-1 stderr: err', 'a-1 stdout: out']);
    expect(all.of('b-1')).toEqual(['b-1 stdout: open']);
    expect((await logs({ services: ['b'] })).texts()).toEqual(['sources b-1', 'b-1 stdout: open']);
  });

  it('of a terminal have no frames and no carriage returns', async () => {
    await runAll(await create('t', 'echo one; echo two', { Tty: true }));
    expect((await logs()).of('t-1')).toEqual(['t-1 stdout: one', 't-1 stdout: two']);
  });

  it('come from the end, or with their times', async () => {
    await runAll(await create('a', 'seq 1 5'));
    expect((await logs({ tail: '2' })).of('a-1')).toEqual(['a-1 stdout: 4', 'a-1 stdout: 5']);
    const [line] = (await logs({ timestamps: true, tail: '1' })).events.slice(1);
    expect(line).toMatchObject({ line: '5', timestamp: expect.stringMatching(/^\d{4}-.*Z$/) });
  });

  it('have long lines in one piece, whatever the engine does to them', async () => {
    await runAll(await create('a', 'head -c 40000 /dev/zero | tr "\\0" x; echo end'));
    const { events } = await logs({ timestamps: true });
    expect(events.slice(1)).toMatchObject([{ line: `${'x'.repeat(40_000)}end` }]);
  });

  it('that a driver does not keep are told as a warning', async () => {
    await runAll(
      await create('n', 'echo lost', { HostConfig: { LogConfig: { Type: 'none' } } }),
      await create('a', 'echo kept'),
    );
    const recorder = await logs();
    expect(recorder.of('n-1')).toEqual(['n-1 warning']);
    expect(recorder.of('a-1')).toEqual(['a-1 stdout: kept']);
  });

  it('of a replica that does not exist are refused', async () => {
    await create('a', 'true');
    await expect(logs({ services: ['a'], index: 2 })).rejects.toThrow(
      'service "a" is not running container #2',
    );
  });

  it('are followed into new containers and restarts, until none is left', async () => {
    const first = await create('a', 'echo before; sleep 1000');
    await post(first, 'start');
    const recorder = new Recorder();
    const following = readLogs(
      engine.client,
      { project: NAME, services: [], follow: true, timestamps: false },
      recorder.record,
      signal,
    );
    await recorder.seen('a-1 stdout: before');
    const second = await create('b', 'echo new; sleep 1000');
    await post(second, 'start');
    await recorder.seen('b-1 stdout: new');
    await post(first, 'kill');
    await recorder.seen('a-1 exited 137');
    await post(first, 'start');
    await recorder.seen('a-1 started');
    await remove(second);
    await remove(first);
    await following;
    expect(recorder.of('a-1').filter((text) => text !== 'a-1 removed')).toEqual([
      'a-1 stdout: before',
      'a-1 exited 137',
      'a-1 started',
      'a-1 stdout: before',
      'a-1 exited 137',
    ]);
  });

  it('stop being followed when asked to', async () => {
    const source = await create('a', 'echo on; sleep 1000');
    await post(source, 'start');
    const recorder = new Recorder();
    const stop = new AbortController();
    const options = { project: NAME, services: [], follow: true, timestamps: false };
    const following = readLogs(engine.client, options, recorder.record, stop.signal);
    await recorder.seen('a-1 stdout: on');
    stop.abort();
    await following;
  });
});

describe('attached up', () => {
  async function attach(
    recorder: Recorder,
    sources: readonly LogSource[],
    more: Partial<AttachOptions> = {},
  ) {
    const attached = await attachProject(
      engine.client,
      {
        project: NAME,
        services: [],
        attachTo: sources.map(({ service }) => service),
        onExit: 'ignore',
        onAbort: () => undefined,
        ...more,
      },
      recorder.record,
      signal,
    );
    await attached.attach(attached.existing);
    for (const source of sources) await post(source, 'start');
    return attached;
  }

  it('loses no line from the first to the last', async () => {
    const recorder = new Recorder();
    const script = 'echo first; seq 1 2000; echo last';
    const attached = await attach(recorder, [await create('a', script), await create('b', script)]);
    expect(await attached.finished()).toBe(0);
    for (const name of ['a-1', 'b-1']) {
      const told = recorder.of(name).filter((text) => !text.endsWith(' started'));
      expect(told).toHaveLength(2003);
      expect(told[0]).toBe(`${name} stdout: first`);
      expect(told.slice(-2)).toEqual([`${name} stdout: last`, `${name} exited 0`]);
    }
  });

  it('shows each run of a container that restarts', async () => {
    const recorder = new Recorder();
    const HostConfig = { RestartPolicy: { Name: 'on-failure', MaximumRetryCount: 2 } };
    const source = await create('r', 'echo again; exit 7', { HostConfig });
    const attached = await attach(recorder, [source]);
    await attached.finished();
    const runs = recorder.of('r-1').filter((text) => !text.endsWith('started'));
    // Lines and events come by two connections: only the order within each, and the end, are sure.
    expect(runs.filter((text) => text.includes('stdout'))).toEqual([
      'r-1 stdout: again',
      'r-1 stdout: again',
      'r-1 stdout: again',
    ]);
    expect(runs.filter((text) => text.includes('exited'))).toEqual([
      'r-1 exited 7 restarting',
      'r-1 exited 7 restarting',
      'r-1 exited 7',
    ]);
    expect(runs.at(-1)).toBe('r-1 exited 7');
  });

  it('watches services that it does not show', async () => {
    const recorder = new Recorder();
    const quiet = await create('q', 'echo hidden');
    const shown = await create('a', 'echo shown');
    const attached = await attach(recorder, [quiet, shown], {
      services: ['q', 'a'],
      attachTo: ['a'],
    });
    await attached.finished();
    expect(recorder.texts()).toContain('a-1 stdout: shown');
    expect(recorder.of('q-1')).toEqual(['q-1 started', 'q-1 exited 0']);
  });

  it('takes the exit code from the container that ends the project', async () => {
    const recorder = new Recorder();
    const server = await create('server', 'trap "exit 9" TERM; while :; do sleep 0.1; done');
    const aborts: string[] = [];
    const attached = await attach(
      recorder,
      [server, await create('ok', 'exit 0'), await create('bad', 'sleep 0.3; exit 4')],
      {
        onExit: 'abort-on-failure',
        onAbort: ({ source }) => {
          aborts.push(source.name);
          void post(server, 'stop');
        },
      },
    );
    expect(await attached.finished()).toBe(4);
    expect(aborts).toEqual(['bad-1']);
    expect(recorder.texts()).toContain('server-1 exited 9');
  });

  it('takes the exit code from the service that was asked for', async () => {
    const recorder = new Recorder();
    const tests = await create('tests', 'trap "exit 3" TERM; while :; do sleep 0.1; done');
    const attached = await attach(recorder, [tests, await create('ok', 'sleep 0.3')], {
      onExit: 'abort',
      exitCodeFrom: 'tests',
      onAbort: () => void post(tests, 'stop'),
    });
    expect(await attached.finished()).toBe(3);
  });

  it('neither tells nor counts the end of a container that is replaced', async () => {
    const recorder = new Recorder();
    const old = await create('old', 'sleep 1000');
    const next = await create('next', 'echo next');
    const aborts: string[] = [];
    const attached = await attach(recorder, [old], {
      services: ['old', 'next'],
      attachTo: ['old', 'next'],
      onExit: 'abort-on-failure',
      isReplaced: ({ id }) => id === old.id,
      onAbort: ({ source }) => aborts.push(source.name),
    });
    await remove(old);
    await attached.attach([next]);
    await post(next, 'start');
    expect(await attached.finished()).toBe(0);
    expect(aborts).toEqual([]);
    expect(recorder.texts().filter((text) => text.includes('exited'))).toEqual(['next-1 exited 0']);
  });
});
