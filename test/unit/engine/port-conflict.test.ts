import { describe, expect, it } from 'vitest';
import type { EngineClient } from '../../../src/engine/client.ts';
import { EngineError } from '../../../src/engine/errors.ts';
import { explainPortConflict } from '../../../src/engine/execute/port-conflict.ts';

const { signal } = new AbortController();

/** An engine on which these containers run. */
function engine(containers: readonly object[] | Error) {
  const send = () =>
    containers instanceof Error ? Promise.reject(containers) : Promise.resolve(containers);
  return { client: { send } as unknown as EngineClient, signal };
}

const web = {
  name: 'web',
  ports: [
    { target: 443, published: '8443' },
    { target: 80, published: '8079-8081' },
  ],
};
const conflict = (message: string) => new EngineError('port-in-use', message, { status: 500 });

describe('a port that is taken', () => {
  it.each([
    'Bind for 0.0.0.0:8080 failed: port is already allocated',
    'listen tcp4 0.0.0.0:8080: bind: address already in use',
    'failed to bind host port for 0.0.0.0:8080:172.18.0.2:80/tcp: address already in use',
    'failed to bind host port for [::]:8080:[fd00::2]:80/tcp: address already in use',
    'failed to bind host port 0.0.0.0:8080/tcp: address already in use',
  ])('is named, with where the project publishes it: %s', async (message) => {
    const explained = await explainPortConflict(conflict(message), web, engine([]));
    expect(explained).toMatchObject({
      kind: 'port-in-use',
      message,
      status: 500,
      path: 'services.web.ports[1]',
    });
    expect(explained.hint).toContain('Port 8080 is held by a process of the host');
  });

  it('is held by a container of the same engine', async () => {
    const holder = { Names: ['/other-1'], Ports: [{ PublicPort: 8080, Type: 'tcp' }] };
    const message = 'Bind for 0.0.0.0:8080 failed: port is already allocated';
    const { hint } = await explainPortConflict(conflict(message), web, engine([holder]));
    expect(hint).toContain('held by the container other-1');
  });

  it('is a conflict all the same when nothing can be found out', async () => {
    const message = 'Bind for 0.0.0.0:9 failed: port is already allocated';
    const asked = await explainPortConflict(conflict(message), undefined, engine(new Error('x')));
    expect(asked).toMatchObject({ kind: 'port-in-use', message, path: undefined });
    const unknown = conflict('address already in use');
    expect(await explainPortConflict(unknown, web, engine([]))).toBe(unknown);
  });
});
