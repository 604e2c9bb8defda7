import { describe, expect, it } from 'vitest';
import { usesApiSocket, withApiSocket } from '../../../src/compose/api-socket.ts';
import { clientConfigText } from '../../../src/engine/pull/registry-auth.ts';
import { project } from '../scheduler/sample.ts';

describe('use_api_socket', () => {
  it('adds the socket, a configuration and where that is, after what is there', () => {
    const volume = { type: 'volume', source: 'data', target: '/data' } as const;
    const of = project({
      agent: { use_api_socket: true, volumes: [volume], configs: [{ source: 'c' }] },
      own: { use_api_socket: true, environment: { DOCKER_CONFIG: '/mine' } },
      other: { use_api_socket: false },
    });
    const { services, configs } = withApiSocket(of, 'text');
    const socket = {
      type: 'bind',
      source: '/var/run/docker.sock',
      target: '/var/run/docker.sock',
    };
    expect(services['agent']).toMatchObject({
      environment: { DOCKER_CONFIG: '/run/secrets/docker' },
      volumes: [volume, socket],
      configs: [
        { source: 'c' },
        { source: '#apisocket', target: '/run/secrets/docker/config.json' },
      ],
    });
    expect(services['own']?.environment).toEqual({ DOCKER_CONFIG: '/mine' });
    expect(services['own']?.volumes).toEqual([socket]);
    expect(services['other']).toBe(of.services['other']);
    expect(configs).toEqual({ '#apisocket': { content: 'text' } });
  });

  it('changes nothing where nobody asks for it', () => {
    const of = project({ web: {} });
    expect(usesApiSocket(of)).toBe(false);
    expect(withApiSocket(of, 'text')).toBe(of);
  });
});

describe('a docker configuration for a container', () => {
  it('holds logins and tokens, sorted, without what only requests need', () => {
    const text = clientConfigText({
      'b.example': { username: 'bob', password: 'x', serveraddress: 'b.example' },
      'a.example': { identitytoken: 'token', serveraddress: 'a.example' },
    });
    expect(text).toBe(`{
\t"auths": {
\t\t"a.example": {
\t\t\t"identitytoken": "token"
\t\t},
\t\t"b.example": {
\t\t\t"auth": "Ym9iOng="
\t\t}
\t}
}`);
    expect(JSON.parse(clientConfigText({}))).toEqual({ auths: {} });
  });
});
