/**
 * A proxy in front of an emulated cloud: records calls, and delays, refuses or cuts those that rules name. A call is
 * named by its action on EC2 (`RunInstances`), else by method and path (`POST /v2/droplets`).
 */
import { once } from 'node:events';
import { createServer, type IncomingMessage, request, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';

export interface FaultRule {
  /** Name of a call, or a pattern. */
  readonly call: string | RegExp;
  /** How often it applies; absent: always. */
  readonly times?: number;
  /** Calls that are let through before it applies. */
  readonly after?: number;
  readonly effect:
    | { readonly type: 'delay'; readonly ms: number }
    /** Answered without asking the cloud. */
    | {
        readonly type: 'answer';
        readonly status: number;
        readonly body: string;
        readonly headers?: Readonly<Record<string, string>>;
      }
    /** The connection is cut before the cloud gets the call. */
    | { readonly type: 'cut' }
    /** The cloud carries the call out, then the connection is cut instead of an answer. */
    | { readonly type: 'cut-after' }
    /** Done with the call's name and the cloud's answer at hand, before it is passed on: a place to kill something. */
    | { readonly type: 'observe'; readonly run: (call: ProxiedCall) => void | Promise<void> };
}

export interface ProxiedCall {
  readonly name: string;
  /** Body of the call: a form on EC2, else JSON. */
  readonly body: string;
  /** Header that says who calls. */
  readonly authorization?: string;
  readonly status?: number;
  readonly answer?: string;
}

interface Active {
  readonly rule: FaultRule;
  seen: number;
  used: number;
}

/** An error as EC2 answers it. */
export function ec2Error(code: string, message: string, status = 400): FaultRule['effect'] {
  return {
    type: 'answer',
    status,
    headers: { 'content-type': 'text/xml' },
    body: `<?xml version="1.0" encoding="UTF-8"?><Response><Errors><Error><Code>${code}</Code><Message>${message}</Message></Error></Errors><RequestID>fault</RequestID></Response>`,
  };
}

/** An error as DigitalOcean answers it. */
export function digitaloceanError(
  status: number,
  message: string,
  headers: Readonly<Record<string, string>> = {},
): FaultRule['effect'] {
  return {
    type: 'answer',
    status,
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify({ id: 'fault', message }),
  };
}

export class CloudProxy implements AsyncDisposable {
  readonly url: string;
  readonly calls: ProxiedCall[] = [];
  #rules: Active[] = [];
  /** Answers by ClientToken: EC2 gives the same one again, moto starts a second instance. */
  readonly #tokens = new Map<string, Promise<Passed>>();
  readonly #target: URL;
  readonly #server: ReturnType<typeof createServer>;

  private constructor(target: URL, server: ReturnType<typeof createServer>) {
    this.#target = target;
    this.#server = server;
    this.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  }

  static async start(target: string): Promise<CloudProxy> {
    const server = createServer();
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const proxy = new CloudProxy(new URL(target), server);
    server.on('request', (incoming, response) => {
      proxy.#serve(incoming, response).catch(() => incoming.socket.destroy());
    });
    return proxy;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  /** Adds rules; for a call the first one that applies is taken. */
  fault(...rules: readonly FaultRule[]): void {
    this.#rules.push(...rules.map((rule) => ({ rule, seen: 0, used: 0 })));
  }

  /** Forgets rules and calls. */
  reset(): void {
    this.#rules = [];
    this.calls.length = 0;
    this.#tokens.clear();
  }

  /** Names of the calls so far. */
  names(): string[] {
    return this.calls.map(({ name }) => name);
  }

  async #serve(incoming: IncomingMessage, response: ServerResponse): Promise<void> {
    const chunks: Buffer[] = [];
    for await (const chunk of incoming) chunks.push(chunk as Buffer);
    const body = Buffer.concat(chunks);
    const name = callName(incoming, body);
    const effect = this.#effect(name);
    const { authorization = '' } = incoming.headers;
    const call = { name, body: body.toString('utf8'), authorization };
    if (effect?.type === 'delay') await delay(effect.ms);
    if (effect?.type === 'cut') {
      this.calls.push(call);
      incoming.socket.destroy();
      return;
    }
    if (effect?.type === 'answer') {
      this.calls.push({ ...call, status: effect.status, answer: effect.body });
      response.writeHead(effect.status, effect.headers);
      response.end(effect.body);
      return;
    }
    const passed = await this.#pass(incoming, name, body);
    const done = { ...call, status: passed.status, answer: passed.body.toString('utf8') };
    this.calls.push(done);
    if (effect?.type === 'observe') await effect.run(done);
    if (effect?.type === 'cut-after') {
      incoming.socket.destroy();
      return;
    }
    response.writeHead(passed.status, passed.headers);
    response.end(passed.body);
  }

  #effect(name: string): FaultRule['effect'] | undefined {
    for (const active of this.#rules) {
      const { call, after = 0, times = Number.POSITIVE_INFINITY, effect } = active.rule;
      if (typeof call === 'string' ? call !== name : !call.test(name)) continue;
      active.seen += 1;
      if (active.seen <= after || active.used >= times) continue;
      active.used += 1;
      return effect;
    }
    return undefined;
  }

  async #pass(incoming: IncomingMessage, name: string, body: Buffer): Promise<Passed> {
    const token =
      name === 'RunInstances'
        ? new URLSearchParams(body.toString('utf8')).get('ClientToken')
        : null;
    if (token === null || token === '') return await this.#forward(incoming, body);
    const known = this.#tokens.get(token);
    if (known !== undefined) return await known;
    const answer = this.#forward(incoming, body);
    this.#tokens.set(token, answer);
    const passed = await answer;
    if (passed.status >= 300) this.#tokens.delete(token);
    return passed;
  }

  #forward(incoming: IncomingMessage, body: Buffer): Promise<Passed> {
    return new Promise((resolve, reject) => {
      const outgoing = request(
        {
          host: this.#target.hostname,
          port: this.#target.port,
          method: incoming.method,
          path: incoming.url,
          headers: { ...incoming.headers, host: this.#target.host, connection: 'close' },
        },
        (answer) => {
          const chunks: Buffer[] = [];
          answer.on('data', (chunk: Buffer) => chunks.push(chunk));
          answer.on('error', reject);
          answer.on('end', () => {
            const headers = { ...answer.headers };
            delete headers['transfer-encoding'];
            delete headers.connection;
            resolve({ status: answer.statusCode ?? 502, headers, body: Buffer.concat(chunks) });
          });
        },
      );
      outgoing.on('error', reject);
      outgoing.end(body);
    });
  }
}

interface Passed {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: Buffer;
}

function callName(incoming: IncomingMessage, body: Buffer): string {
  const form = incoming.headers['content-type']?.includes('x-www-form-urlencoded') === true;
  const action = form ? new URLSearchParams(body.toString('utf8')).get('Action') : null;
  const [path = ''] = (incoming.url ?? '').split('?');
  return action ?? `${incoming.method ?? 'GET'} ${path}`;
}
