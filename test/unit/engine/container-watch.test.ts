import { addAbortSignal, PassThrough } from 'node:stream';
import { describe, expect, it } from 'vitest';
import type { Call, EngineClient } from '../../../src/engine/client.ts';
import { attachProject } from '../../../src/engine/logs/attach.ts';
import type { LogEvent } from '../../../src/engine/logs/log-event.ts';

const LABELS = {
  'com.docker.compose.project': 'p',
  'com.docker.compose.service': 'web',
  'com.docker.compose.container-number': '1',
};

/** Watches an engine that has one container and tells these events, until they are all dealt with. */
async function watched(
  events: readonly string[],
  onExit: 'ignore' | 'abort' = 'ignore',
): Promise<{ readonly told: string[]; readonly code: number; readonly aborts: number }> {
  const stream = new PassThrough();
  const client = {
    address: 'played',
    open: (_call: Call, signal: AbortSignal) => Promise.resolve(addAbortSignal(signal, stream)),
    send: ({ path }: Call) =>
      Promise.resolve(
        path === '/containers/json'
          ? [{ Id: 'one', Names: ['/p-web-1'], Labels: LABELS }]
          : { Config: {}, State: {} },
      ),
  } as unknown as EngineClient;
  const told: string[] = [];
  let aborts = 0;
  const onEvent = (event: LogEvent): void => {
    if (event.type === 'exited') told.push(`exited ${event.exitCode}`);
    else if (event.type === 'started' || event.type === 'removed') told.push(event.type);
  };
  const options = { project: 'p', services: ['web'], attachTo: [], onExit };
  const attached = await attachProject(
    client,
    { ...options, onAbort: () => (aborts += 1) },
    onEvent,
    new AbortController().signal,
  );
  for (const event of events) {
    const [action = '', exitCode] = event.split(' ');
    const attributes = { ...LABELS, name: 'p-web-1', ...(exitCode && { exitCode }) };
    const actor = { ID: 'one', Attributes: attributes };
    stream.write(`${JSON.stringify({ Action: action, timeNano: 1, Actor: actor })}\n`);
  }
  return { told, code: await attached.finished(), aborts };
}

describe('the end of a container', () => {
  it('is told once when the engine tells it twice', async () => {
    const events = ['start', 'kill', 'kill', 'die 137', 'die 137', 'destroy'];
    expect((await watched(events)).told).toEqual(['started', 'exited 137', 'removed']);
  });

  it('is told again when it ran again', async () => {
    const events = ['start', 'die 1', 'die 1', 'start', 'die 1', 'destroy'];
    const told = ['started', 'exited 1', 'started', 'exited 1', 'removed'];
    expect((await watched(events)).told).toEqual(told);
  });

  it('is told when it was running before anybody looked', async () => {
    expect((await watched(['die 3'])).told).toEqual(['exited 3']);
  });

  it('has the code that came first, even if it is the reason to stop everything', async () => {
    const ended = await watched(['start', 'die 5', 'die 0', 'destroy'], 'abort');
    expect(ended).toEqual({ told: ['started', 'exited 5', 'removed'], code: 5, aborts: 1 });
  });
});
