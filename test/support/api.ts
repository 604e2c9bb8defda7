/**
 * The few calls of the Docker Engine API that tests make themselves, so that what tcompose did is
 * checked without tcompose's own client and without any command-line tool.
 */
import { request } from 'node:http';
import { createInterface } from 'node:readline';

/** An answer of the engine; a body that is no JSON stays text. */
export interface Answer {
  readonly status: number;
  readonly body: unknown;
}

/** What of a container tests look at; the engine's names. */
export interface ContainerDetails {
  readonly Id: string;
  readonly Name: string;
  readonly Created: string;
  readonly Image: string;
  readonly RestartCount: number;
  readonly State: {
    readonly Status: string;
    readonly ExitCode: number;
    readonly StartedAt: string;
    readonly Health?: { readonly Status: string };
  };
  readonly Config: {
    readonly Image: string;
    readonly Labels: Readonly<Record<string, string>>;
    readonly Env: readonly string[];
    readonly [key: string]: unknown;
  };
  readonly HostConfig: Readonly<Record<string, unknown>>;
  readonly Mounts: readonly {
    readonly Type: string;
    readonly Name?: string;
    readonly Source: string;
    readonly Destination: string;
    readonly RW: boolean;
  }[];
  readonly NetworkSettings: {
    readonly Ports: Readonly<
      Record<string, readonly { readonly HostIp: string; readonly HostPort: string }[] | null>
    >;
    readonly Networks: Readonly<
      Record<string, { readonly IPAddress: string; readonly Aliases: readonly string[] | null }>
    >;
  };
}

/** The engine behind a unix socket. */
export class EngineApi {
  readonly #socket: string;
  readonly #version: string;

  /** `version` of the API: what the oldest engine speaks, unless a test needs more. */
  constructor(socket: string, version = '1.41') {
    this.#socket = socket;
    this.#version = version;
  }

  /** One request; `body` is sent as JSON, or as it is when it is a Buffer. */
  call(method: string, path: string, body?: unknown): Promise<Answer> {
    const binary = Buffer.isBuffer(body);
    const payload = binary || body === undefined ? body : JSON.stringify(body);
    return new Promise((resolve, reject) => {
      const sent = request(
        {
          socketPath: this.#socket,
          method,
          path: `/v${this.#version}${path}`,
          headers: { 'content-type': binary ? 'application/x-tar' : 'application/json' },
        },
        (response) => {
          const chunks: Buffer[] = [];
          response.on('data', (chunk: Buffer) => chunks.push(chunk));
          response.on('error', reject);
          response.on('end', () => {
            const text = Buffer.concat(chunks).toString('utf8');
            resolve({ status: response.statusCode ?? 0, body: parse(text) });
          });
        },
      );
      sent.on('error', reject);
      sent.end(payload);
    });
  }

  /**
   * A request that has to succeed; returns its body.
   * @throws with the engine's words otherwise.
   */
  async ask(method: string, path: string, body?: unknown): Promise<unknown> {
    const answer = await this.call(method, path, body);
    if (answer.status >= 400) {
      throw new Error(`${method} ${path}: ${answer.status} ${JSON.stringify(answer.body)}`);
    }
    return answer.body;
  }

  /** Calls back with every line of a stream of JSON (events), from when it resolves until it is closed. */
  follow(path: string, onLine: (line: unknown) => void): Promise<{ close(): void }> {
    return new Promise((resolve, reject) => {
      const sent = request({ socketPath: this.#socket, path: `/v1.41${path}` }, (response) => {
        const lines = createInterface({ input: response });
        lines.on('line', (line) => onLine(parse(line)));
        resolve({
          close: () => {
            lines.close();
            sent.destroy();
          },
        });
      });
      sent.on('error', reject);
      sent.end();
    });
  }

  /** Whether the engine answers at all. */
  async alive(): Promise<boolean> {
    try {
      return (await this.call('GET', '/_ping')).status === 200;
    } catch {
      return false;
    }
  }

  /** All containers that carry these labels (`key` or `key=value`), stopped ones too, by name. */
  async containers(labels: readonly string[]): Promise<readonly ContainerDetails[]> {
    const filters = encodeURIComponent(JSON.stringify({ label: labels }));
    const found = await this.ask('GET', `/containers/json?all=1&filters=${filters}`);
    const details = await Promise.all(
      (found as readonly { readonly Id: string }[]).map((each) => this.inspect(each.Id)),
    );
    return details
      .filter((each) => each !== undefined)
      .sort((a, b) => (a.Name < b.Name ? -1 : a.Name > b.Name ? 1 : 0));
  }

  /** A container by id or name; `undefined` when it does not exist. */
  async inspect(container: string): Promise<ContainerDetails | undefined> {
    const answer = await this.call('GET', `/containers/${container}/json`);
    return answer.status === 200 ? (answer.body as ContainerDetails) : undefined;
  }

  /** Runs a command in a container to its end; what it printed, both streams in one. */
  async execute(container: string, command: readonly string[]): Promise<string> {
    const body = { Cmd: command, AttachStdout: true, AttachStderr: true, Tty: true };
    const { Id } = (await this.ask('POST', `/containers/${container}/exec`, body)) as {
      readonly Id: string;
    };
    const output = await this.ask('POST', `/exec/${Id}/start`, { Detach: false, Tty: true });
    return String(output).replaceAll('\r\n', '\n');
  }

  /** Anonymous volumes that no container uses. */
  async abandonedVolumes(): Promise<readonly string[]> {
    const filters = encodeURIComponent(JSON.stringify({ dangling: ['true'] }));
    const { Volumes: left } = (await this.ask('GET', `/volumes?filters=${filters}`)) as {
      readonly Volumes: readonly { readonly Name: string }[] | null;
    };
    return (left ?? []).map(({ Name }) => Name).filter((name) => name.length === 64);
  }

  /** Names of the networks with this label. */
  async networks(label: string): Promise<readonly string[]> {
    const filters = encodeURIComponent(JSON.stringify({ label: [label] }));
    const found = await this.ask('GET', `/networks?filters=${filters}`);
    return (found as readonly { readonly Name: string }[]).map((each) => each.Name).sort();
  }

  /** Ids of the images with this label. */
  async images(label: string): Promise<readonly string[]> {
    const filters = encodeURIComponent(JSON.stringify({ label: [label] }));
    const found = await this.ask('GET', `/images/json?filters=${filters}`);
    return (found as readonly { readonly Id: string }[]).map((each) => each.Id);
  }

  /** Names of the volumes with this label. */
  async volumes(label: string): Promise<readonly string[]> {
    const filters = encodeURIComponent(JSON.stringify({ label: [label] }));
    const found = await this.ask('GET', `/volumes?filters=${filters}`);
    const { Volumes } = found as { readonly Volumes: readonly { readonly Name: string }[] | null };
    return (Volumes ?? []).map((each) => each.Name).sort();
  }
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
