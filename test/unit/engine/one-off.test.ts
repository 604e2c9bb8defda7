import { PassThrough } from 'node:stream';
import { describe, expect, it } from 'vitest';
import type { EngineClient } from '../../../src/engine/client.ts';
import { EngineError } from '../../../src/engine/errors.ts';
import type { Call } from '../../../src/engine/http-call.ts';
import { discardOneOff, expectExit } from '../../../src/engine/one-off.ts';

/** An engine that answers calls so, and the calls that it got. */
function engine(answer: (call: Call) => unknown): {
  readonly client: EngineClient;
  readonly calls: Call[];
} {
  const calls: Call[] = [];
  const reply = async (call: Call): Promise<unknown> => {
    calls.push(call);
    return answer(call);
  };
  return {
    client: { address: 'unix:///x', send: reply, open: reply } as unknown as EngineClient,
    calls,
  };
}

const container = { id: 'c1', name: 'p-web-run-1' };
const { signal } = new AbortController();

describe('a one-off that never started', () => {
  it('is found by its slug among containers that were only created, and removed with its volumes', async () => {
    const { client, calls } = engine(({ method }) =>
      method === 'GET' ? [{ Id: 'c1' }] : undefined,
    );
    await discardOneOff(client, 'abc');
    expect(calls).toMatchObject([
      {
        path: '/containers/json',
        query: {
          all: true,
          filters: { label: ['com.docker.compose.slug=abc'], status: ['created'] },
        },
      },
      { method: 'DELETE', path: '/containers/c1', query: { v: true } },
    ]);
    expect(calls[1]?.query).not.toHaveProperty('force');
  });

  it('does not hide why the run failed when it cannot be removed', async () => {
    const { client } = engine(() => {
      throw new EngineError('connection-lost', 'gone');
    });
    await expect(discardOneOff(client, 'abc')).resolves.toBeUndefined();
  });
});

describe('the end of a one-off', () => {
  it('is waited for from before its start', async () => {
    const answer = new PassThrough();
    const { client, calls } = engine(() => answer);
    const exit = await expectExit(client, container, 'removed', signal);
    expect(calls).toMatchObject([
      { method: 'POST', path: '/containers/c1/wait', query: { condition: 'removed' } },
    ]);
    answer.end('{"StatusCode":137}\n');
    await expect(exit()).resolves.toBe(137);
  });

  it('is a failure when the engine says so', async () => {
    const answer = new PassThrough();
    const { client } = engine(() => answer);
    const exit = await expectExit(client, container, 'next-exit', signal);
    answer.end('{"StatusCode":-1,"Error":{"Message":"no such thing"}}\n');
    await expect(exit()).rejects.toThrow('no such thing');
  });

  it('is a lost connection when the answer breaks off', async () => {
    const answer = new PassThrough();
    const { client } = engine(() => answer);
    const exit = await expectExit(client, container, 'next-exit', signal);
    answer.end('{"Status');
    await expect(exit()).rejects.toMatchObject({ kind: 'connection-lost' });
  });
});
