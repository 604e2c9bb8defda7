import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import type { FileAccess } from '../../../src/compose/files.ts';
import {
  findEndpoint,
  formatEndpoint,
  type EndpointFlags,
  type EndpointSources,
} from '../../../src/engine/endpoint.ts';
import { pem as certificate } from '../../support/certificates.ts';
import { proxyEnvironment } from '../../../src/engine/proxy.ts';

const HOME = '/home/me';

/** Files by path; a path that ends with `.sock` is a socket. */
function access(files: Readonly<Record<string, string>>): FileAccess {
  return {
    home: HOME,
    read: (path) =>
      files[path] === undefined
        ? { ok: false, error: 'not-found', detail: 'no such file' }
        : { ok: true, bytes: Buffer.from(files[path]) },
    kind: (path) =>
      files[path] === undefined ? 'missing' : path.endsWith('.sock') ? 'other' : 'file',
    realPath: (path) => path,
  };
}

function sources(
  flags: EndpointFlags,
  env: Readonly<Record<string, string>> = {},
  files: Readonly<Record<string, string>> = {},
): EndpointSources {
  return { flags, env, files: access(files) };
}

const id = createHash('sha256').update('lab').digest('hex');
const meta = `${HOME}/.docker/contexts/meta/${id}/meta.json`;
const context = (docker: object): Record<string, string> => ({
  [meta]: JSON.stringify({ Name: 'lab', Endpoints: { docker } }),
});
const lab = context({ Host: 'ssh://deploy@lab.example' });

describe('finding the engine', () => {
  it.each([
    ['nothing said', sources({}), 'unix:///var/run/docker.sock'],
    [
      'a rootless engine, when there is no system-wide one',
      sources({}, { XDG_RUNTIME_DIR: '/run/user/1000' }, { '/run/user/1000/docker.sock': '' }),
      'unix:///run/user/1000/docker.sock',
    ],
    [
      'the system-wide engine before a rootless one',
      sources(
        {},
        { XDG_RUNTIME_DIR: '/run/user/1000' },
        { '/run/user/1000/docker.sock': '', '/var/run/docker.sock': '' },
      ),
      'unix:///var/run/docker.sock',
    ],
    [
      'a desktop engine',
      sources({}, {}, { [`${HOME}/.docker/run/docker.sock`]: '' }),
      `unix://${HOME}/.docker/run/docker.sock`,
    ],
    ['DOCKER_HOST', sources({}, { DOCKER_HOST: 'unix:///x.sock' }), 'unix:///x.sock'],
    [
      '--host over DOCKER_HOST',
      sources({ host: 'tcp://a' }, { DOCKER_HOST: 'tcp://b' }),
      'tcp://a:2375',
    ],
    [
      '--context over DOCKER_HOST',
      sources({ context: 'lab' }, { DOCKER_HOST: 'tcp://b' }, lab),
      'ssh://deploy@lab.example',
    ],
    [
      'DOCKER_HOST over DOCKER_CONTEXT',
      sources({}, { DOCKER_HOST: 'tcp://b', DOCKER_CONTEXT: 'lab' }, lab),
      'tcp://b:2375',
    ],
    ['DOCKER_CONTEXT', sources({}, { DOCKER_CONTEXT: 'lab' }, lab), 'ssh://deploy@lab.example'],
    [
      'the current context of the configuration',
      sources({}, {}, { ...lab, [`${HOME}/.docker/config.json`]: '{"currentContext":"lab"}' }),
      'ssh://deploy@lab.example',
    ],
    [
      'a configuration elsewhere',
      sources(
        {},
        { DOCKER_CONFIG: '/etc/d', DOCKER_CONTEXT: 'lab' },
        { [meta.replace(`${HOME}/.docker`, '/etc/d')]: lab[meta] ?? '' },
      ),
      'ssh://deploy@lab.example',
    ],
    [
      'the context "default" means DOCKER_HOST or the socket',
      sources({ context: 'default' }),
      'unix:///var/run/docker.sock',
    ],
    [
      'a context without an address',
      sources({ context: 'lab' }, {}, context({})),
      'unix:///var/run/docker.sock',
    ],
  ])('%s', (_, given, expected) => {
    expect(formatEndpoint(findEndpoint(given))).toBe(expected);
  });

  it.each([
    ['unix://', { kind: 'unix', path: '/var/run/docker.sock' }],
    ['10.0.0.1:4243', { kind: 'tcp', host: '10.0.0.1', port: 4243 }],
    ['tcp://10.0.0.1', { kind: 'tcp', host: '10.0.0.1', port: 2375 }],
    ['http://10.0.0.1:80', { kind: 'tcp', host: '10.0.0.1', port: 80 }],
    ['tcp://[::1]:2375', { kind: 'tcp', host: '::1', port: 2375 }],
    [
      'https://engine.example',
      { kind: 'tcp', host: 'engine.example', port: 2376, tls: { verify: true } },
    ],
    ['ssh://h', { kind: 'ssh', host: 'h' }],
    [
      'ssh://me@h:22/run/docker.sock',
      { kind: 'ssh', host: 'h', user: 'me', port: 22, path: '/run/docker.sock' },
    ],
    // What ssh_config has under "Host" is compared letter by letter.
    ['ssh://Prod_7:2222/', { kind: 'ssh', host: 'Prod_7', port: 2222 }],
    ['ssh://10.7', { kind: 'ssh', host: '10.7' }],
    ['ssh://[fe80::1%25eth0]:22', { kind: 'ssh', host: 'fe80::1%eth0', port: 22 }],
    ['ssh://d%40e@h', { kind: 'ssh', host: 'h', user: 'd@e' }],
    ['tcp://', { kind: 'tcp', host: 'localhost', port: 2375 }],
  ])('reads the address %s', (host, expected) => {
    expect(findEndpoint(sources({ host }))).toEqual({ ...expected, origin: '--host' });
  });

  it.each(['ssh://d%40e@[fe80::1%25eth0]:22/run/d.sock', 'tcp://[::1]:2375', 'ssh://Prod_7'])(
    'prints %s as it reads it',
    (host) => {
      expect(formatEndpoint(findEndpoint(sources({ host })))).toBe(host);
    },
  );

  it.each([
    ['ssh://', 'unable to parse docker host "ssh://": no host specified'],
    ['ssh://me@', 'unable to parse docker host "ssh://me@": no host specified'],
    ['ssh://h:65536', 'unable to parse docker host "ssh://h:65536"'],
    ['ssh://a b', 'unable to parse docker host "ssh://a b"'],
    ['ssh://h?x=1', 'unable to parse docker host "ssh://h?x=1"'],
    ['ssh://me%zz@h', 'unable to parse docker host "ssh://me%zz@h"'],
    ['http://', 'unable to parse docker host "http://"'],
    ['npipe://', 'unable to parse docker host "npipe://"'],
  ])('refuses %s and says where it comes from', (host, message) => {
    const hint = expect.stringContaining('It comes from --host') as string;
    expect(() => findEndpoint(sources({ host }))).toThrow(
      expect.objectContaining({ name: 'EngineError', message, hint }),
    );
  });

  it('refuses a password in an address, and does not repeat it', () => {
    const given = sources({}, { DOCKER_HOST: 'ssh://me:tell-nobody@h' });
    const failure = expect.objectContaining({
      name: 'EngineError',
      message: 'unable to parse docker host "ssh://me@h": plain-text password is not supported',
      hint: expect.stringContaining('It comes from DOCKER_HOST') as string,
    }) as Error;
    expect(() => findEndpoint(given)).toThrow(failure);
  });

  const [ca, cert, key] = [
    certificate('ca'),
    certificate('client-cert'),
    certificate('client-key'),
  ];
  const env = { DOCKER_HOST: 'tcp://h', DOCKER_TLS_VERIFY: '1', DOCKER_CERT_PATH: '/c' };

  it('takes certificates from DOCKER_CERT_PATH', () => {
    const files = { '/c/ca.pem': ca, '/c/cert.pem': cert, '/c/key.pem': key };
    expect(findEndpoint(sources({}, env, files))).toMatchObject({
      port: 2376,
      tls: { verify: true, ca: Buffer.from(ca), cert: Buffer.from(cert), key: Buffer.from(key) },
    });
  });

  it('needs no client certificate beside the authority', () => {
    const found = findEndpoint(sources({}, env, { '/c/ca.pem': ca }));
    expect(found).toMatchObject({ tls: { verify: true, ca: Buffer.from(ca) } });
  });

  it('encrypts without checking the server for --tls alone', () => {
    expect(findEndpoint(sources({ host: 'tcp://h', tls: true }))).toMatchObject({
      port: 2376,
      tls: { verify: false },
    });
  });

  it('takes the certificates of a context from its store', () => {
    const store = `${HOME}/.docker/contexts/tls/${id}/docker`;
    const files = { ...context({ Host: 'tcp://h:2376' }), [`${store}/ca.pem`]: ca };
    expect(findEndpoint(sources({ context: 'lab' }, {}, files))).toMatchObject({
      tls: { verify: true, ca: Buffer.from(ca) },
      origin: 'context "lab"',
    });
  });

  it('lists the contexts that there are when one is missing', () => {
    const given = { ...sources({ context: 'lba' }, {}, lab), list: () => [id, 'empty'] };
    expect(() => findEndpoint(given)).toThrow(
      expect.objectContaining({
        message: 'context "lba" not found',
        hint: 'It was chosen by --context; there are: default, lab.',
      }),
    );
  });

  it.each([
    [
      sources({ host: 'tcp://a', context: 'lab' }),
      'conflicting options: cannot specify both --host and --context',
    ],
    [sources({ context: 'nope' }), 'context "nope" not found'],
    [sources({ host: 'ftp://a' }), 'unable to parse docker host "ftp://a"'],
    [sources({ host: 'tcp://a:port' }), 'unable to parse docker host "tcp://a:port"'],
    [
      sources({}, { ...env, DOCKER_CERT_PATH: '/none' }),
      'could not use the TLS file /none/ca.pem: no such file',
    ],
    [
      sources({ tlsCert: '/none/cert.pem' }, env, { '/c/ca.pem': ca }),
      'could not use the TLS file /none/cert.pem: no such file',
    ],
  ])('refuses what cannot be used (%#)', (given, message) => {
    expect(() => findEndpoint(given)).toThrow(message);
  });
});

describe('proxies of the client configuration', () => {
  const config = {
    proxies: {
      default: { httpProxy: 'http://p', noProxy: 'localhost' },
      'tcp://h:2375': { httpsProxy: 'http://q' },
    },
  };

  it('are given in capitals and small letters', () => {
    expect(proxyEnvironment(config, 'unix:///var/run/docker.sock')).toEqual({
      HTTP_PROXY: 'http://p',
      http_proxy: 'http://p',
      NO_PROXY: 'localhost',
      no_proxy: 'localhost',
    });
  });

  it('of one engine replace the default ones', () => {
    expect(proxyEnvironment(config, 'tcp://h:2375')).toEqual({
      HTTPS_PROXY: 'http://q',
      https_proxy: 'http://q',
    });
  });

  it('may be absent', () => {
    expect(proxyEnvironment({}, 'unix:///x')).toEqual({});
  });
});
