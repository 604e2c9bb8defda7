/** One "cloud host" of hosts.ts. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { request } from 'node:http';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { pack } from 'tar-stream';
import { EngineApi } from './api.ts';
import type { HostNetwork } from './host-network.ts';
import { keyPair } from './key-pair.ts';

/** A user to make on a host, besides root. */
export interface HostUser {
  readonly name: string;
  readonly authorizedKeys?: readonly string[];
  /** `nopasswd`: may become root by sudo without a password. Default: may not at all. */
  readonly sudo?: 'nopasswd';
  readonly groups?: readonly string[];
}

export interface HostOptions {
  readonly name: string;
  readonly image: string;
  readonly address: string;
  /** OpenSSH public keys that may log in as root. */
  readonly authorizedKeys: readonly string[];
  readonly users: readonly HostUser[];
  /** Lines for sshd, before those of the distribution (the first one counts): `MaxSessions 2`. */
  readonly sshdConfig?: string;
  /** More files, by absolute path, there before the host starts. */
  readonly files?: Readonly<Record<string, string>>;
}

export interface ExecResult {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Key pair of the tests' own way in; made once for each process. */
const own = keyPair('tcompose-test');

/** See `TestHosts.start`. */
export class TestHost {
  readonly name: string;
  /** Public half of its host key: `ssh-ed25519 AAAA…`, as known_hosts has it after the name. */
  readonly hostKey: string;
  readonly #network: HostNetwork;
  readonly #onRemove: () => void;
  #address: string;
  #wanted = true;
  #container = '';
  readonly #folders: string[] = [];
  readonly #children: { kill(signal: 'SIGKILL'): boolean }[] = [];

  private constructor(
    network: HostNetwork,
    options: HostOptions,
    hostKey: string,
    onRemove: () => void,
  ) {
    this.name = options.name;
    this.hostKey = hostKey;
    this.#address = options.address;
    this.#network = network;
    this.#onRemove = onRemove;
  }

  /** Where it is reached; changes with `moveTo`. */
  get address(): string {
    return this.#address;
  }

  /** Makes and starts a host and waits for its sshd. */
  static async start(
    network: HostNetwork,
    options: HostOptions,
    aptProxy: string,
    onRemove: () => void,
  ): Promise<TestHost> {
    const keys = keyPair(options.name);
    const hostKey = keys.public.split(' ').slice(0, 2).join(' ');
    const host = new TestHost(network, options, hostKey, onRemove);
    const { api } = network.engine;
    const networkName = await network.nameFor(options.address);
    const made = await api.ask('POST', `/containers/create?name=${options.name}`, {
      ...description(options),
      NetworkingConfig: {
        EndpointsConfig: { [networkName]: { IPAMConfig: { IPv4Address: options.address } } },
      },
    });
    host.#container = (made as { readonly Id: string }).Id;
    const files = await archive(options, keys.private, aptProxy);
    await api.ask('PUT', `/containers/${host.#container}/archive?path=/`, files);
    await host.start();
    for (const user of options.users) await host.#addUser(user);
    return host;
  }

  /** Starts it after `stop` or `kill`, and waits for its sshd. */
  async start(): Promise<void> {
    await this.#switchOn();
    // Several systemds that begin at once under one kernel may stand in each other's way: rare, and over after
    // switching off and on, as it is with real servers.
    if (await this.#answersWithin(45_000)) return;
    process.stderr.write(
      `${this.name} hangs while it starts, again:\n${await this.#condition()}\n`,
    );
    await this.kill();
    await this.#switchOn();
    await this.ready();
  }

  async #switchOn(): Promise<void> {
    this.#wanted = true;
    await this.#network.route(this.#address);
    await this.#network.engine.api.ask('POST', `/containers/${this.#container}/start`);
    void this.#watch();
  }

  /** What can be told of a host that does not answer. */
  async #condition(): Promise<string> {
    const path = `/containers/${this.#container}/json`;
    const { State } = (await this.#network.engine.api.ask('GET', path)) as { State: unknown };
    const look = 'systemctl list-jobs --no-pager; journalctl -b -n 25 --no-pager';
    const [seen] = await Promise.allSettled([this.exec(['sh', '-c', look])]);
    const text = seen.status === 'fulfilled' ? seen.value.stdout : String(seen.reason);
    return `${JSON.stringify(State)}\n${text}`;
  }

  /** Shuts it down in good order. */
  async stop(): Promise<void> {
    this.#wanted = false;
    await this.#network.engine.api.ask('POST', `/containers/${this.#container}/stop?t=20`);
  }

  /** As if the power were cut. */
  async kill(): Promise<void> {
    this.#wanted = false;
    await this.#network.engine.api.call('POST', `/containers/${this.#container}/kill`);
    await this.#network.engine.api.ask('POST', `/containers/${this.#container}/wait`);
  }

  async restart(): Promise<void> {
    await this.stop();
    await this.start();
  }

  /** Everything on it stops where it is, and nothing answers any more, until `resume`. */
  async pause(): Promise<void> {
    await this.#network.engine.api.ask('POST', `/containers/${this.#container}/pause`);
  }

  async resume(): Promise<void> {
    await this.#network.engine.api.ask('POST', `/containers/${this.#container}/unpause`);
  }

  /** Gives a stopped host another address for its next start. */
  async moveTo(address: string): Promise<void> {
    const { api } = this.#network.engine;
    const before = await this.#network.nameFor(this.#address);
    const after = await this.#network.nameFor(address);
    await api.ask('POST', `/networks/${before}/disconnect`, { Container: this.#container });
    await api.ask('POST', `/networks/${after}/connect`, {
      Container: this.#container,
      EndpointConfig: { IPAMConfig: { IPv4Address: address } },
    });
    await this.#network.unroute(this.#address);
    this.#address = address;
  }

  /** `running`, `exited`, `paused`; `undefined` when it was removed. */
  async state(): Promise<string | undefined> {
    return (await this.#network.engine.api.inspect(this.#container))?.State.Status;
  }

  /** Runs a command on it as root, without SSH. */
  async exec(argv: readonly string[], input = ''): Promise<ExecResult> {
    const { api, socket } = this.#network.engine;
    const options = { AttachStdin: true, AttachStdout: true, AttachStderr: true };
    const body = { Cmd: argv, Env: ['LC_ALL=C.UTF-8', 'HOME=/root'], ...options };
    const { Id } = (await api.ask('POST', `/containers/${this.#container}/exec`, body)) as {
      readonly Id: string;
    };
    const output = await hijack(socket, `/exec/${Id}/start`, input);
    const { ExitCode } = (await api.ask('GET', `/exec/${Id}/json`)) as {
      readonly ExitCode: number;
    };
    return { code: ExitCode, ...output };
  }

  /** As `exec`, for a shell's command that has to succeed; its standard output. */
  async shell(command: string): Promise<string> {
    const done = await this.exec(['sh', '-c', command]);
    if (done.code !== 0) {
      throw new Error(`${this.name}: ${command}: ${done.code}\n${done.stderr}${done.stdout}`);
    }
    return done.stdout;
  }

  /** Waits until its sshd answers. */
  async ready(): Promise<void> {
    if (await this.#answersWithin(90_000)) return;
    throw new Error(`${this.name}: sshd does not answer\n${await this.#condition()}`);
  }

  /** @param time milliseconds */
  async #answersWithin(time: number): Promise<boolean> {
    const deadline = performance.now() + time;
    while (!(await greets(this.#address))) {
      if (performance.now() > deadline) return false;
      await delay(50);
    }
    return true;
  }

  /** The API of its Docker Engine, by a way that has nothing to do with tcompose (ssh -L). */
  async dockerApi(): Promise<EngineApi> {
    const folder = mkdtempSync(join(tmpdir(), 'tcompose-host-'));
    this.#folders.push(folder);
    const socket = join(folder, 'docker.sock');
    const key = join(folder, 'key');
    writeFileSync(key, own.private);
    chmodSync(key, 0o600);
    const options = ['StrictHostKeyChecking=no', 'UserKnownHostsFile=/dev/null', 'LogLevel=ERROR'];
    const args = [...options, 'ExitOnForwardFailure=yes', 'IdentitiesOnly=yes'];
    const flags = ['-F', '/dev/null', '-i', key, ...args.flatMap((option) => ['-o', option])];
    const forward = ['-N', '-L', `${socket}:/var/run/docker.sock`, `root@${this.#address}`];
    const child = spawn('setpriv', ['--pdeathsig', 'KILL', 'ssh', ...flags, ...forward], {
      stdio: ['ignore', 'ignore', 'inherit'],
    });
    this.#children.push(child);
    const api = new EngineApi(socket);
    const deadline = performance.now() + 60_000;
    while (!(await api.alive())) {
      if (child.exitCode !== null || performance.now() > deadline) {
        throw new Error(`${this.name}: its Docker Engine does not answer`);
      }
      await delay(50);
    }
    return api;
  }

  /** Removes it with all it had. */
  async remove(): Promise<void> {
    this.forget();
    const path = `/containers/${this.#container}?force=1&v=1`;
    await this.#network.engine.api.ask('DELETE', path);
    await this.#network.unroute(this.#address);
    this.#onRemove();
  }

  /** Lets go of what this process has for it; the host itself ends with its engine. */
  forget(): void {
    this.#wanted = false;
    for (const child of this.#children) child.kill('SIGKILL');
    for (const folder of this.#folders) rmSync(folder, { recursive: true, force: true });
  }

  /** A host that reboots itself ends with SIGHUP as containers do, and comes up again as servers do. */
  async #watch(): Promise<void> {
    const { api } = this.#network.engine;
    try {
      const ended = await api.ask('POST', `/containers/${this.#container}/wait`);
      const { StatusCode } = ended as { readonly StatusCode: number };
      if (!this.#wanted || StatusCode !== 129) return;
      await api.ask('POST', `/containers/${this.#container}/start`);
      void this.#watch();
    } catch {
      // It was removed, or its engine ended.
    }
  }

  async #addUser(user: HostUser): Promise<void> {
    const home = `/home/${user.name}`;
    const groups = (user.groups ?? []).map((group) => `usermod -aG ${group} ${user.name}`);
    const keys = (user.authorizedKeys ?? []).join('\n');
    const sudo = `echo '${user.name} ALL=(ALL) NOPASSWD:ALL' >/etc/sudoers.d/${user.name}`;
    const commands = [
      `useradd -m -s /bin/bash ${user.name}`,
      ...groups,
      `install -d -m 700 -o ${user.name} -g ${user.name} ${home}/.ssh`,
      `printf '%s\\n' '${keys}' >${home}/.ssh/authorized_keys`,
      `chown ${user.name}: ${home}/.ssh/authorized_keys`,
      `chmod 600 ${home}/.ssh/authorized_keys`,
      ...(user.sudo === 'nopasswd' ? [sudo] : []),
    ];
    await this.shell(commands.join(' && '));
  }
}

/** How the engine makes it: with systemd as first process, and able to run a Docker Engine of its own. */
function description(options: HostOptions): object {
  return {
    Image: options.image,
    Hostname: options.name,
    StopSignal: 'SIGRTMIN+3',
    // Releases after bookworm take control groups of version 1 only when told so.
    Env: [
      'container=docker',
      'SYSTEMD_PROC_CMDLINE=systemd.unified_cgroup_hierarchy=0 SYSTEMD_CGROUP_ENABLE_LEGACY_FORCE=1',
    ],
    Volumes: { '/var/lib/docker': {}, '/var/lib/containerd': {} },
    HostConfig: {
      CapAdd: ['ALL'],
      SecurityOpt: ['seccomp=unconfined', 'apparmor=unconfined'],
      MaskedPaths: [],
      ReadonlyPaths: [],
      Devices: ['/dev/net/tun', '/dev/fuse'].map((path) => ({
        PathOnHost: path,
        PathInContainer: path,
        CgroupPermissions: 'rwm',
      })),
      Binds: ['/sys/fs/cgroup:/sys/fs/cgroup:rw'],
      CgroupnsMode: 'host',
      Tmpfs: { '/run': '', '/tmp': 'exec' },
      Sysctls: { 'net.ipv4.ip_forward': '1' },
    },
  };
}

/** Files that make a host of an image: its identity and who may log in. */
async function archive(options: HostOptions, hostKey: string, aptProxy: string): Promise<Buffer> {
  const tar = pack();
  const add = (name: string, text: string, mode: number): void => {
    tar.entry({ name: name.replace(/^\//, ''), mode, uid: 0, gid: 0 }, text);
  };
  const lines = (...texts: readonly string[]): string => texts.map((text) => `${text}\n`).join('');
  add('etc/ssh/ssh_host_ed25519_key', hostKey, 0o600);
  add('etc/ssh/sshd_config.d/00-test.conf', lines(options.sshdConfig ?? ''), 0o644);
  add('root/.ssh/authorized_keys', lines(...options.authorizedKeys), 0o600);
  add('root/.ssh/authorized_keys2', lines(own.public), 0o600);
  add('etc/apt/apt.conf.d/00proxy', lines(`Acquire::http::Proxy "${aptProxy}";`), 0o644);
  for (const [path, text] of Object.entries(options.files ?? {})) add(path, text, 0o644);
  tar.finalize();
  const parts: Buffer[] = [];
  for await (const part of tar) parts.push(part as Buffer);
  return Buffer.concat(parts);
}

/** Whether an SSH server says its name there. */
function greets(address: string): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ host: address, port: 22, timeout: 1000 });
    const done = (answer: boolean): void => {
      socket.destroy();
      resolve(answer);
    };
    socket.on('data', (data: Buffer) => done(data.toString('latin1').startsWith('SSH-')));
    socket.on('error', () => done(false));
    socket.on('close', () => done(false));
    socket.on('timeout', () => done(false));
  });
}

/** Starts an exec with its streams; both outputs once it has ended. */
async function hijack(
  socketPath: string,
  path: string,
  input: string,
): Promise<Pick<ExecResult, 'stdout' | 'stderr'>> {
  const sent = request({
    socketPath,
    method: 'POST',
    path: `/v1.41${path}`,
    headers: { 'content-type': 'application/json', connection: 'Upgrade', upgrade: 'tcp' },
  });
  sent.end('{"Detach":false,"Tty":false}');
  const [, socket, head] = (await once(sent, 'upgrade')) as [
    unknown,
    NodeJS.ReadWriteStream,
    Buffer,
  ];
  socket.end(input);
  const parts: Buffer[] = [head];
  for await (const part of socket) parts.push(part as Buffer);
  return split(Buffer.concat(parts));
}

/** Takes the engine's stream apart: eight bytes before each piece say whose and how long it is. */
function split(data: Buffer): Pick<ExecResult, 'stdout' | 'stderr'> {
  const pieces: Record<'1' | '2', Buffer[]> = { '1': [], '2': [] };
  for (let at = 0; at + 8 <= data.length;) {
    const length = data.readUInt32BE(at + 4);
    pieces[data[at] === 2 ? '2' : '1'].push(data.subarray(at + 8, at + 8 + length));
    at += 8 + length;
  }
  const text = (of: '1' | '2'): string => Buffer.concat(pieces[of]).toString('utf8');
  return { stdout: text('1'), stderr: text('2') };
}
