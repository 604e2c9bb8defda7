import { describe, expect, it } from 'vitest';
import { callingOf } from '../../../src/commands/calling.ts';

const throughDocker = { DOCKER_CLI_PLUGIN_ORIGINAL_CLI_COMMAND: '/usr/bin/docker' };

describe('the name the program is called by', () => {
  it.each<[string[], string[]]>([
    [['compose'], []],
    [
      ['compose', 'up', '-d'],
      ['up', '-d'],
    ],
    [
      ['--context', 'lab', '-D', 'compose', '-f', 'a', 'up'],
      ['--context', 'lab', '-D', '-f', 'a', 'up'],
    ],
    [
      ['-c', 'compose', 'compose', 'ps'],
      ['-c', 'compose', 'ps'],
    ],
    [
      ['--tlsverify', '--tlscacert=ca.pem', '-l', 'debug', '-H', 'tcp://x', 'compose', 'ps'],
      ['--tlsverify', '--tlscacert=ca.pem', '-l', 'debug', '-H', 'tcp://x', 'ps'],
    ],
    [
      ['compose', 'compose', 'ps'],
      ['compose', 'ps'],
    ],
    [
      ['help', 'compose', 'up'],
      ['help', 'up'],
    ],
    [['--help', 'compose'], ['--help']],
    [
      ['__complete', 'compose', 'up', ''],
      ['__complete', 'up', ''],
    ],
    [
      ['__completeNoDesc', '--context', 'x', 'compose', ''],
      ['__completeNoDesc', '--context', 'x', ''],
    ],
  ])('as the plugin of docker reads %j', (words, argv) => {
    expect(callingOf('docker-compose', words, throughDocker)).toEqual({
      programName: 'docker compose',
      argv,
      plugin: true,
    });
  });

  it.each<
    [string[], Record<string, string>, { programName: string; argv: string[]; plugin: boolean }]
  >([
    [
      ['ls', '-q'],
      {},
      { programName: 'docker-machine', argv: ['machine', 'ls', '-q'], plugin: false },
    ],
    [[], {}, { programName: 'docker-machine', argv: ['machine'], plugin: false }],
    [
      ['__complete', 'ssh', ''],
      {},
      { programName: 'docker-machine', argv: ['__complete', 'machine', 'ssh', ''], plugin: false },
    ],
    [
      ['-D', 'machine', 'ls'],
      throughDocker,
      { programName: 'docker', argv: ['-D', 'machine', 'ls'], plugin: true },
    ],
    [
      ['ls'],
      throughDocker,
      { programName: 'docker-machine', argv: ['machine', 'ls'], plugin: false },
    ],
  ])('as docker-machine, %j with %j is a line of machine', (words, env, expected) => {
    expect(callingOf('docker-machine', words, env)).toEqual(expected);
  });

  it('can be another word of docker', () => {
    expect(callingOf('docker-tcompose', ['tcompose', 'ps'], throughDocker)).toEqual({
      programName: 'docker tcompose',
      argv: ['ps'],
      plugin: true,
    });
  });

  it.each<[string, string[], Record<string, string>]>([
    ['docker-compose', ['up', '-d'], {}],
    ['docker-compose', ['compose', 'up'], {}],
    ['docker-compose', ['up', '-d'], throughDocker],
    ['docker-compose', ['--nope', 'compose'], throughDocker],
    ['docker-compose', ['compose', 'up'], { DOCKER_CLI_PLUGIN_ORIGINAL_CLI_COMMAND: '' }],
    ['tcompose', ['compose', 'up'], throughDocker],
    ['docker-compose', [], throughDocker],
  ])('%s %j with %j is a program of its own', (name, argv, env) => {
    expect(callingOf(name, argv, env)).toEqual({ programName: name, argv, plugin: false });
  });
});
