import { describe, expect, it } from 'vitest';
import { configurationChanges } from '../../../src/engine/configuration-changes.ts';

const image = {
  Env: ['PATH=/bin'],
  Cmd: ['sh'],
  Entrypoint: null,
  ExposedPorts: { '80/tcp': {} },
  Labels: { vendor: 'v' },
};

/** What the engine would answer for a container created from `body`. */
function inspected(body: Record<string, unknown>) {
  const { HostConfig = {}, ...config } = body;
  return {
    Config: {
      Hostname: '0123456789ab',
      User: '',
      Tty: false,
      ...image,
      ...config,
      Env: [...((config['Env'] as string[]) ?? []), 'PATH=/bin'],
      ExposedPorts: { ...image.ExposedPorts, ...(config['ExposedPorts'] as object) },
      Labels: {
        ...image.Labels,
        'com.docker.compose.project': 'p',
        ...(config['Labels'] as object),
      },
    },
    HostConfig: {
      IpcMode: 'private',
      ShmSize: 67_108_864,
      LogConfig: { Type: 'json-file', Config: {} },
      Binds: null,
      PortBindings: {},
      RestartPolicy: { Name: 'no', MaximumRetryCount: 0 },
      Privileged: false,
      ...(HostConfig as object),
    },
  };
}

const changes = (before: Record<string, unknown>, after: Record<string, unknown>) =>
  configurationChanges(after, inspected(before), image);

describe('what changed between a container and its service', () => {
  it.each<[string, Record<string, unknown>, Record<string, unknown>, string[]]>([
    ['nothing', { Env: ['A=1'] }, { Env: ['A=1'] }, []],
    ['a variable', { Env: ['A=1', 'B=1'] }, { Env: ['A=2', 'B=1'] }, ['environment.A']],
    [
      'a new and a dropped variable',
      { Env: ['A=1'] },
      { Env: ['B=1'] },
      ['environment.A', 'environment.B'],
    ],
    ['an overridden variable of the image', {}, { Env: ['PATH=/x'] }, ['environment.PATH']],
    ['a label', { Labels: { a: '1' } }, { Labels: { a: '2' } }, ['labels.a']],
    ['labels of Compose only', {}, { Labels: { 'com.docker.compose.version': '9' } }, []],
    ['the command', { Cmd: ['sleep', '1'] }, { Cmd: ['sleep', '2'] }, ['command']],
    ['the order of a command', { Cmd: ['a', 'b'] }, { Cmd: ['b', 'a'] }, ['command']],
    ['a command that is the image’s again', { Cmd: ['x'] }, {}, ['command']],
    ['a port', {}, { ExposedPorts: { '81/tcp': {} } }, ['expose']],
    [
      'a published port',
      { HostConfig: { PortBindings: { '80/tcp': [{ HostIp: '', HostPort: '80' }] } } },
      { HostConfig: { PortBindings: { '80/tcp': [{ HostPort: '81' }] } } },
      ['ports'],
    ],
    [
      'a port that stays published',
      { HostConfig: { PortBindings: { '80/tcp': [{ HostIp: '', HostPort: '80' }] } } },
      { HostConfig: { PortBindings: { '80/tcp': [{ HostPort: '80' }] } } },
      [],
    ],
    [
      'the order of mounts',
      { HostConfig: { Binds: ['/a:/a:rw', '/b:/b:rw'] } },
      { HostConfig: { Binds: ['/b:/b:rw', '/a:/a:rw'] } },
      [],
    ],
    ['a mount', {}, { HostConfig: { Binds: ['/a:/a:rw'] } }, ['volumes']],
    ['a restart policy', {}, { HostConfig: { RestartPolicy: { Name: 'always' } } }, ['restart']],
    ['defaults of the engine', {}, { HostConfig: {} }, []],
    ['the size of shared memory', {}, { HostConfig: { ShmSize: 1 } }, ['shm_size']],
    ['a host name', {}, { Hostname: 'h' }, ['hostname']],
    ['privileges', {}, { HostConfig: { Privileged: true } }, ['privileged']],
  ])('tells %s', (_name, before, after, expected) => {
    expect(changes(before, after)).toEqual(expected);
  });
});
