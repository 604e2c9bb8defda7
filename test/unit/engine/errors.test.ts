import { describe, expect, it } from 'vitest';
import { negotiateApiVersion } from '../../../src/engine/api-version.ts';
import { EngineError, fromResponse, fromTransport } from '../../../src/engine/errors.ts';

describe('what the engine refuses', () => {
  it.each([
    [
      500,
      'driver failed programming external connectivity on endpoint w (1): Bind for 0.0.0.0:80 failed: port is already allocated',
      'port-in-use',
    ],
    [500, 'listen tcp4 0.0.0.0:80: bind: address already in use', 'port-in-use'],
    [409, 'Conflict. The container name "/w" is already in use by container "1".', 'name-in-use'],
    [409, 'remove d: volume is in use - [1]', 'in-use'],
    [403, 'error while removing network: network n id 1 has active endpoints', 'in-use'],
    [
      409,
      'conflict: unable to remove repository reference "i" (must force) - container 1 is using its referenced image 2',
      'in-use',
    ],
    [409, 'removal of container 1 is already in progress', 'conflict'],
    [404, 'No such container: w', 'not-found'],
    [500, 'write /x: no space left on device', 'disk-full'],
    [500, 'Get "https://r/v2/": unauthorized: authentication required', 'unauthorized'],
    [401, 'no', 'unauthorized'],
    [400, 'bad parameter', 'invalid'],
    [400, 'Client sent an HTTP request to an HTTPS server.', 'tls'],
    [400, 'client version 1.60 is too new. Maximum supported API version is 1.51', 'too-old'],
    [501, 'not here', 'unsupported'],
    [500, 'could not select device driver "" with capabilities: [[gpu]]', 'unsupported'],
    [
      500,
      'CDI device injection failed: unresolvable CDI devices vendor.com/class=name',
      'unsupported',
    ],
    [500, 'something else', 'failed'],
  ])('%i %s', (status, message, kind) => {
    expect(fromResponse(status, `${message}\n`, 'container w')).toMatchObject({
      kind,
      status,
      message: `Error response from daemon: ${message}`,
      resource: 'container w',
    });
  });
});

describe('an engine that cannot be reached', () => {
  const fault = (code: string): Error => Object.assign(new Error(`broken: ${code}`), { code });

  it.each([
    ['ENOENT', 'no-engine', 'systemctl start docker'],
    ['ECONNREFUSED', 'no-engine', 'systemctl start docker'],
    ['EACCES', 'permission-denied', 'docker group'],
    ['ECONNRESET', 'connection-lost', 'still runs'],
  ])('%s on a local socket', (code, kind, hint) => {
    const error = fromTransport(fault(code), 'unix:///var/run/docker.sock');
    expect(error.kind).toBe(kind);
    expect(error.hint).toContain(hint);
  });

  it('says what docker says', () => {
    expect(fromTransport(fault('ENOENT'), 'unix:///var/run/docker.sock').message).toBe(
      'Cannot connect to the Docker daemon at unix:///var/run/docker.sock. Is the docker daemon running?',
    );
  });

  it('elsewhere is not started with systemctl', () => {
    expect(fromTransport(fault('ENOTFOUND'), 'tcp://h:2375').hint).toContain('DOCKER_HOST');
  });

  it('that never took the connection is absent, one that fell silent was lost', () => {
    const late = (syscall: string): Error => Object.assign(fault('ETIMEDOUT'), { syscall });
    expect(fromTransport(late('connect'), 'tcp://h:2375').kind).toBe('no-engine');
    expect(fromTransport(late('read'), 'tcp://h:2375').kind).toBe('connection-lost');
  });

  it('looks into failures of several addresses', () => {
    const all = Object.assign(new AggregateError([fault('ECONNREFUSED')]), { code: undefined });
    expect(fromTransport(all, 'tcp://h:2375').kind).toBe('no-engine');
  });

  it('leaves what was translated already', () => {
    const error = new EngineError('unsupported', 'no ssh');
    expect(fromTransport(error, 'ssh://h')).toBe(error);
  });
});

describe('agreeing on an API version', () => {
  it.each([
    ['1.41', undefined, '1.41'],
    ['1.47', undefined, '1.47'],
    ['1.99', undefined, '1.51'],
    ['1.51', '1.43', '1.43'],
    ['1.24', 'v1.30', '1.30'],
  ])('engine %s, DOCKER_API_VERSION %s', (offered, forced, expected) => {
    expect(negotiateApiVersion(offered, forced)).toBe(expected);
  });

  it.each(['1.40', '1.9', undefined])('refuses the older engine %s', (offered) => {
    expect(() => negotiateApiVersion(offered)).toThrow(EngineError);
  });

  it('refuses a DOCKER_API_VERSION that is none', () => {
    expect(() => negotiateApiVersion('1.51', 'latest')).toThrow('"latest" is not an API version');
  });
});
