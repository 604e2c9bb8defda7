import type { Duplex } from 'node:stream';
import { MachineError } from '../machine-error.ts';
import { SYSTEM_SOCKET } from './engine-socket.ts';
import type { SshStreams } from './ssh-host.ts';

/** Programs that talk over one connection; sshd allows ten sessions. */
const STREAMS_OF_PROGRAMS = 6;

/** Streams that are opened before they are needed. */
const STREAMS_AHEAD = 3;

/** How the engine of a host is reached, once that is known. */
type Way =
  | { readonly kind: 'socket'; readonly path: string }
  /** Where sshd forwards no sockets: a program on the host for each stream. */
  | { readonly kind: 'program'; readonly path: string };

/** Opens streams to the Docker Engine of a host. */
export class EngineStreams {
  readonly #openHost: () => SshStreams;
  readonly #path: string | undefined;
  readonly #signal: AbortSignal;
  /** Connections, and how many programs talk over each; the first one is used for everything else. */
  readonly #lines: { readonly host: SshStreams; programs: number }[];
  #way: Promise<Way> | undefined;
  /** Streams that are open, or about to be, before somebody asks for them. */
  readonly #ready: Promise<Duplex | undefined>[] = [];

  /** @param path of the engine's socket; undefined: that of the system, or a rootless engine's */
  constructor(openHost: () => SshStreams, path: string | undefined, signal: AbortSignal) {
    this.#openHost = openHost;
    this.#path = path;
    this.#signal = signal;
    this.#lines = [{ host: openHost(), programs: 0 }];
  }

  /** The host itself. */
  get host(): SshStreams {
    const [first] = this.#lines;
    if (first === undefined) throw new Error('internal error: no connection');
    return first.host;
  }

  /** @throws MachineError that says what is missing on the host */
  async open(): Promise<Duplex> {
    const first = this.#way === undefined;
    this.#way ??= this.#find();
    const way = await this.#way.catch((error: unknown) => {
      this.#way = undefined;
      throw error;
    });
    if (way.kind === 'program') return await this.#program(way.path);
    const ready = await this.#takeReady();
    if (ready !== undefined) return ready;
    try {
      return await this.host.forward({ socket: way.path }, this.#signal);
    } catch (error) {
      if (first || !isRefusal(error)) throw error;
      // The engine may have been stopped since.
      this.#way = undefined;
      throw await this.#explain(way.path);
    }
  }

  close(): void {
    for (const { host } of this.#lines) host.close();
  }

  async #find(): Promise<Way> {
    const path = this.#path ?? SYSTEM_SOCKET;
    if (await this.#answers(path)) return { kind: 'socket', path };
    const found = await this.#examine(path);
    const rootless = this.#path === undefined && found.rootless !== '' ? found.rootless : undefined;
    if (!found.writable && rootless !== undefined) {
      if (await this.#answers(rootless)) return { kind: 'socket', path: rootless };
      if (found.docker) return { kind: 'program', path: rootless };
    }
    if (found.writable && found.docker && found.running) return { kind: 'program', path };
    throw this.#refusal(path, found);
  }

  async #takeReady(): Promise<Duplex | undefined> {
    for (let next = this.#ready.shift(); next !== undefined; next = this.#ready.shift()) {
      const stream = await next;
      if (stream?.destroyed === false) return stream;
    }
    return undefined;
  }

  /**
   * Whether sshd connects to a socket there. If so the stream is kept for who asks next, and some more are opened: the
   * first answer of an engine is followed by several questions at once, which need not wait for their streams then.
   */
  async #answers(path: string): Promise<boolean> {
    try {
      const first = await this.host.forward({ socket: path }, this.#signal);
      const more = Array.from({ length: STREAMS_AHEAD }, () => this.#ahead(path));
      this.#ready.push(Promise.resolve(first), ...more);
      return true;
    } catch (error) {
      if (!isRefusal(error)) throw error;
      return false;
    }
  }

  async #ahead(path: string): Promise<Duplex | undefined> {
    try {
      // Nobody listens to it yet.
      return (await this.host.forward({ socket: path }, this.#signal)).on('error', () => undefined);
    } catch {
      return undefined;
    }
  }

  async #program(path: string): Promise<Duplex> {
    let line = this.#lines.find(({ programs }) => programs < STREAMS_OF_PROGRAMS);
    if (line === undefined) {
      line = { host: this.#openHost(), programs: 0 };
      this.#lines.push(line);
    }
    const used = line;
    used.programs += 1;
    try {
      const argv = ['docker', '-H', `unix://${path}`, 'system', 'dial-stdio'];
      const stream = await used.host.stream(argv, this.#signal);
      stream.once('close', () => (used.programs -= 1));
      return stream;
    } catch (error) {
      used.programs -= 1;
      throw error;
    }
  }

  async #explain(path: string): Promise<MachineError> {
    return this.#refusal(path, await this.#examine(path));
  }

  async #examine(path: string): Promise<Findings> {
    const { stdout } = await this.host.run(['sh', '-c', EXAMINE, 'sh', path], {
      signal: this.#signal,
      timeout: 20_000,
    });
    const lines = new Map(
      stdout.split('\n').map((line) => {
        const [name = '', ...rest] = line.split('=');
        return [name, rest.join('=')];
      }),
    );
    const yes = (name: string): boolean => lines.get(name) === 'yes';
    return {
      exists: yes('exists'),
      writable: yes('writable'),
      docker: yes('docker'),
      running: yes('running'),
      installed: yes('installed'),
      rootless: lines.get('rootless') ?? '',
      user: lines.get('user') ?? this.host.target.user,
    };
  }

  #refusal(path: string, found: Findings): MachineError {
    const { title } = this.host.target;
    const details = (hint: string): { host: string; step: string; hint: string } => ({
      host: title,
      step: 'reach the Docker Engine',
      hint,
    });
    if (found.exists && !found.writable) {
      return new MachineError(
        'auth',
        `permission denied: ${found.user} may not use the Docker Engine of ${title} (${path})`,
        details(
          `Add the user to the docker group on the host: "sudo usermod -aG docker ${found.user}", then connect again.`,
        ),
      );
    }
    if (found.exists && found.writable && found.running) {
      return new MachineError(
        'failed',
        `the sshd of ${title} forwards no connections to ${path}, and there is no docker command to go through instead`,
        details(
          'Allow it with "AllowStreamLocalForwarding yes" in /etc/ssh/sshd_config on the host, or install the docker command there.',
        ),
      );
    }
    return new MachineError(
      'wrong-state',
      found.installed
        ? `the Docker Engine of ${title} does not run: nothing answers at ${path}`
        : `there is no Docker Engine on ${title}: ${path} does not exist`,
      details(
        found.installed
          ? 'Start it on the host with "sudo systemctl start docker"; "journalctl -u docker" says why it ended.'
          : 'Install it with "tcompose machine create --driver generic", or on the host with "curl -fsSL https://get.docker.com | sh".',
      ),
    );
  }
}

/** The host has answered, and that it opens no such stream; everything else is no answer. */
function isRefusal(error: unknown): boolean {
  return error instanceof Error && error.message.startsWith('(SSH) Channel open failure');
}

interface Findings {
  readonly exists: boolean;
  readonly writable: boolean;
  readonly docker: boolean;
  readonly running: boolean;
  readonly installed: boolean;
  readonly rootless: string;
  readonly user: string;
}

const EXAMINE = `
say() { if "$@" >/dev/null 2>&1; then echo yes; else echo no; fi; }
echo "user=$(id -un)"
echo "exists=$(say test -e "$1")"
echo "writable=$(say test -w "$1")"
echo "docker=$(say command -v docker)"
runs() { docker -H "unix://$1" version || pgrep -x dockerd; }
echo "running=$(say runs "$1")"
PATH=$PATH:/usr/sbin:/sbin
echo "installed=$(say command -v dockerd)"
own=\${XDG_RUNTIME_DIR:-/run/user/$(id -u)}/docker.sock
[ -S "$own" ] && echo "rootless=$own"
exit 0
`;
