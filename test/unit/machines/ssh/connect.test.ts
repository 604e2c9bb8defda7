import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { rmSync, writeFileSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { isMachineError, type MachineError } from '../../../../src/machines/machine-error.ts';
import { openConnection } from '../../../../src/machines/ssh/connect.ts';
import { createSshContext } from '../../../../src/machines/ssh/ssh-context.ts';
import { run, succeed } from '../../../support/command.ts';
import { virtualClock } from '../../../support/virtual-clock.ts';
import { type SshHome, sshHome } from '../../../support/ssh-home.ts';
import { heldClock, sshServer } from '../../../support/ssh-server.ts';

const { signal } = new AbortController();

async function failure(promise: Promise<unknown>): Promise<MachineError> {
  const [outcome] = await Promise.allSettled([promise]);
  if (outcome.status === 'rejected' && isMachineError(outcome.reason)) return outcome.reason;
  throw new Error(`no MachineError: ${String((outcome as { reason?: unknown }).reason)}`);
}

describe('a server that does not answer', () => {
  it('while it should let in is given up', async () => {
    const { clock, passTime } = heldClock();
    await using server = await sshServer({ login: () => passTime() });
    const lost = await failure(
      openConnection(server.target(), createSshContext({ env: {}, clock }), signal),
    );
    expect(lost.kind).toBe('unreachable');
    expect(lost.message).toContain('did not go on with the login');
  });

  it('may be let wait by a question to the user, as long as that takes', async () => {
    const { clock, passTime } = heldClock();
    await using server = await sshServer();
    const confirm = (): Promise<boolean> => {
      passTime();
      return new Promise((resolve) => setImmediate(() => resolve(true)));
    };
    const context = createSshContext({ env: {}, clock, confirm });
    (await openConnection(server.target({ newHostKey: 'ask' }), context, signal)).close();
  });

  it('when it should lead on to another one is given up', async () => {
    const { clock, passTime } = heldClock();
    await using gate = await sshServer({
      connected: (connection) => void connection.on('tcpip', () => passTime()),
    });
    const jumps = [gate.target({ title: 'gate' })];
    const context = createSshContext({ env: {}, clock });
    const lost = await failure(openConnection(gate.target({ jumps, port: 9 }), context, signal));
    expect(lost.message).toContain('through gate');
  });

  it('is left when the user gives up', async () => {
    const stop = new AbortController();
    await using gate = await sshServer({
      connected: (connection) => void connection.on('tcpip', () => stop.abort(new Error('enough'))),
    });
    const jumps = [gate.target({ title: 'gate' })];
    const context = createSshContext({ env: {} });
    await expect(
      openConnection(gate.target({ jumps, port: 9 }), context, stop.signal),
    ).rejects.toThrow('enough');
    await expect(openConnection(gate.target(), context, stop.signal)).rejects.toThrow('enough');
    const late = new AbortController();
    await using silent = await sshServer({ login: () => late.abort(new Error('enough')) });
    await expect(openConnection(silent.target(), context, late.signal)).rejects.toThrow('enough');
  });
});

it('a server that resets connections at once is told as that', async () => {
  const server = createServer((socket) => socket.resetAndDestroy());
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  await using some = await sshServer();
  const target = some.target({ port: (server.address() as AddressInfo).port });
  const context = createSshContext({ env: {}, clock: virtualClock() });
  const lost = await failure(openConnection(target, context, signal));
  server.close();
  expect(lost.message).toMatch(/closes the connection before it says who it is|cannot reach/);
});

interface Agent extends Disposable {
  readonly socket: string;
  /** Of `ssh-add` and the like. */
  readonly env: Readonly<Record<string, string | undefined>>;
}

/** An agent without keys that answers. */
async function sshAgent(home: SshHome): Promise<Agent> {
  const socket = join(home.path, 'agent');
  const agent = spawn('ssh-agent', ['-D', '-a', socket], { stdio: 'ignore' });
  const env = { PATH: process.env['PATH'], SSH_AUTH_SOCK: socket };
  while ((await run('ssh-add', ['-l'], { env })).code === 2) {
    if (agent.exitCode !== null) throw new Error('no ssh-agent');
  }
  return { socket, env, [Symbol.dispose]: () => void agent.kill() };
}

it('a key that the agent does not sign with is passed over', async () => {
  using home = sshHome();
  using agent = await sshAgent(home);
  const { socket, env } = agent;
  // Asks before each use, and there is nobody to ask.
  await succeed('ssh-add', ['-q', '-c', home.keyPath], { env });
  await using server = await sshServer();
  const context = createSshContext({ env: {} });
  const ways = { onlyTheseKeys: false, agentSocket: socket };
  (await openConnection(server.target(ways), context, signal)).close();
  const lost = await failure(
    openConnection(server.target({ ...ways, keyPaths: [] }), context, signal),
  );
  expect(lost.kind).toBe('auth');
  expect(lost.message).toContain('the agent does not sign with key somebody');
});

it('a certificate in the agent is told as what cannot be used', async () => {
  using home = sshHome();
  using agent = await sshAgent(home);
  const { socket, env } = agent;
  const sign = ['-q', '-s', home.keyPath, '-I', 'me', '-n', 'me', `${home.keyPath}.pub`];
  await succeed('ssh-keygen', sign, { env });
  await succeed('ssh-add', ['-q', home.keyPath], { env });
  await using server = await sshServer({ login: (context) => context.reject() });
  const target = server.target({ keyPaths: [], onlyTheseKeys: false, agentSocket: socket });
  const lost = await failure(openConnection(target, createSshContext({ env: {} }), signal));
  expect(lost.message).toContain('is of a kind that cannot be used: ssh-ed25519-cert-v01');
  expect(lost.hint).toContain('nor certificates');
});

it('a key of the agent is found by its file, also when that has a passphrase and nothing beside it', async () => {
  using home = sshHome({ passphrase: 'open sesame' });
  rmSync(`${home.keyPath}.pub`);
  const socket = join(home.path, 'agent');
  const answer = join(home.path, 'answer');
  writeFileSync(answer, '#!/bin/sh\necho open sesame\n', { mode: 0o700 });
  const agent = spawn('ssh-agent', ['-D', '-a', socket], { stdio: 'ignore' });
  try {
    const env = {
      PATH: process.env['PATH'],
      SSH_AUTH_SOCK: socket,
      SSH_ASKPASS: answer,
      SSH_ASKPASS_REQUIRE: 'force',
    };
    while ((await run('ssh-add', ['-l'], { env })).code === 2) {
      if (agent.exitCode !== null) throw new Error('no ssh-agent');
    }
    await succeed('ssh-add', ['-q', home.keyPath], { env });
    await using server = await sshServer();
    const target = server.target({ keyPaths: [home.keyPath], agentSocket: socket });
    (await openConnection(target, createSshContext({ env: {} }), signal)).close();
  } finally {
    agent.kill();
  }
});

it('connections that are given up leave nothing on the signal', async () => {
  const stop = new AbortController();
  let listeners = 0;
  const add = stop.signal.addEventListener.bind(stop.signal);
  const remove = stop.signal.removeEventListener.bind(stop.signal);
  stop.signal.addEventListener = (...args: Parameters<typeof add>) => {
    listeners += 1;
    add(...args);
  };
  stop.signal.removeEventListener = (...args: Parameters<typeof remove>) => {
    listeners -= 1;
    remove(...args);
  };
  await using server = await sshServer({ login: (context) => context.reject() });
  const context = createSshContext({ env: {} });
  await failure(openConnection(server.target(), context, stop.signal));
  expect(listeners).toBe(0);
});
