/** A host over SSH with nothing but what ssh2 does by itself: for tests of what is done to hosts. */
import type { Duplex } from 'node:stream';
import ssh2 from 'ssh2';
import { MachineError } from '../../src/machines/machine-error.ts';
import type { RunOptions, RunResult, SshHost, SshTarget } from '../../src/machines/ssh/ssh-host.ts';

export class PlainSshHost implements SshHost {
  readonly target: SshTarget;
  readonly #key: string;
  #client: Promise<ssh2.Client> | undefined;

  constructor(
    address: string,
    options: { readonly key: string; readonly user?: string; readonly port?: number },
  ) {
    this.#key = options.key;
    this.target = {
      title: address,
      address,
      port: options.port ?? 22,
      user: options.user ?? 'root',
      keyPaths: [],
      onlyTheseKeys: true,
      knownHosts: [],
      newHostKey: 'accept',
      jumps: [],
      connectTimeout: 10_000,
    };
  }

  async connect(): Promise<void> {
    await this.#open();
  }

  #open(): Promise<ssh2.Client> {
    this.#client ??= new Promise((resolve, reject) => {
      const client = new ssh2.Client();
      client.on('ready', () => resolve(client));
      client.on('error', (error) => reject(new MachineError('unreachable', error.message)));
      client.on('close', () => (this.#client = undefined));
      const { address, port, user } = this.target;
      client.connect({ host: address, port, username: user, privateKey: this.#key });
    });
    return this.#client;
  }

  async run(argv: readonly string[], options: RunOptions): Promise<RunResult> {
    const client = await this.#open();
    const command = argv.map((word) => `'${word.replaceAll("'", `'\\''`)}'`).join(' ');
    return await new Promise((resolve, reject) => {
      const timer =
        options.timeout === undefined
          ? undefined
          : setTimeout(() => {
              reject(new MachineError('timeout', `no end after ${options.timeout} ms`));
            }, options.timeout);
      const lost = (): void =>
        reject(new MachineError('connection-lost', 'the connection was cut'));
      options.signal.addEventListener('abort', () => reject(options.signal.reason as Error));
      client.once('close', lost);
      client.exec(command, (error, channel) => {
        if (error !== undefined) {
          reject(error);
          return;
        }
        const texts = { stdout: '', stderr: '' };
        let code: number | undefined;
        const take = (stream: 'stdout' | 'stderr') => (data: Buffer) => {
          const text = data.toString('utf8');
          texts[stream] += text;
          options.onOutput?.(text, stream);
        };
        channel.on('data', take('stdout'));
        channel.stderr.on('data', take('stderr'));
        channel.on('exit', (value: number | null) => (code = value ?? 255));
        channel.on('close', () => {
          clearTimeout(timer);
          client.off('close', lost);
          if (code === undefined) lost();
          else resolve({ code, ...texts });
        });
        channel.end(options.input as string | undefined);
      });
    });
  }

  async forward(to: Parameters<SshHost['forward']>[0]): Promise<Duplex> {
    const client = await this.#open();
    return await new Promise((resolve, reject) => {
      const done = (error: Error | undefined, channel: Duplex): void => {
        if (error === undefined) resolve(channel);
        else reject(new MachineError('failed', error.message));
      };
      if ('socket' in to) client.openssh_forwardOutStreamLocal(to.socket, done);
      else client.forwardOut('127.0.0.1', 0, to.host, to.port, done);
    });
  }

  /** Cuts the connection as a broken network would. */
  cut(): void {
    void this.#client?.then((client) => client.destroy());
  }

  close(): void {
    void this.#client?.then((client) => client.end());
    this.#client = undefined;
  }

  shell(): never {
    throw new Error('not for this host');
  }

  writeFile(): never {
    throw new Error('not for this host');
  }

  readFile(): never {
    throw new Error('not for this host');
  }

  upload(): never {
    throw new Error('not for this host');
  }

  download(): never {
    throw new Error('not for this host');
  }
}
