import type { ProviderContext } from '../provider.ts';
import type { ProviderError } from '../provider-error.ts';
import { answerFailure, connectionFailure } from './failure.ts';

/** How often a call is made at most, and for how long it may take, in milliseconds. */
const TRIES = 5;
const TIMEOUT = 60_000;
/** The first pause between tries; each one after it is twice as long. */
const PAUSE = 500;
const LONGEST_PAUSE = 60_000;
/** What DigitalOcean gives at most. */
const PAGE = 200;

export interface Call {
  readonly method: 'GET' | 'POST' | 'PUT' | 'DELETE';
  readonly path: string;
  readonly query?: Readonly<Record<string, string | number | undefined>>;
  readonly body?: unknown;
  /** False: only refusals for being too fast are tried again, for the call would make something twice. */
  readonly repeatable?: boolean;
}

interface Page {
  readonly links?: { readonly pages?: { readonly next?: string } };
}

/** DigitalOcean's API by plain HTTP: errors as ProviderErrors, pages, tries with growing pauses. */
export class DigitalOceanClient {
  readonly #base: string;
  readonly #token: string;
  readonly #context: ProviderContext;

  constructor(token: string, context: ProviderContext) {
    this.#token = token;
    this.#context = context;
    const base = context.env['DIGITALOCEAN_API_URL'];
    this.#base = (
      base === undefined || base === '' ? 'https://api.digitalocean.com' : base
    ).replace(/\/$/, '');
  }

  /** Undefined: there is no such thing. */
  async find<T>(path: string): Promise<T | undefined> {
    const { status, text } = await this.#send({ method: 'GET', path }, [404]);
    return status === 404 ? undefined : (JSON.parse(text) as T);
  }

  async get<T>(path: string): Promise<T> {
    return await this.call<T>({ method: 'GET', path });
  }

  /** All items of all pages. */
  async list<T>(
    path: string,
    key: string,
    query: Readonly<Record<string, string>> = {},
  ): Promise<readonly T[]> {
    const items: T[] = [];
    for (let page = 1; ; page += 1) {
      const answer = await this.call<Page & Readonly<Record<string, unknown>>>({
        method: 'GET',
        path,
        query: { ...query, page, per_page: PAGE },
      });
      items.push(...((answer[key] as readonly T[] | undefined) ?? []));
      if (answer.links?.pages?.next === undefined) return items;
    }
  }

  async call<T>(call: Call): Promise<T> {
    const { text } = await this.#send(call, []);
    return (text === '' ? {} : JSON.parse(text)) as T;
  }

  /** False: it was gone already. */
  async remove(path: string): Promise<boolean> {
    const { status } = await this.#send({ method: 'DELETE', path }, [404]);
    return status !== 404;
  }

  async #send(call: Call, expected: readonly number[]): Promise<{ status: number; text: string }> {
    const repeatable = call.repeatable ?? call.method !== 'POST';
    for (let attempt = 1; ; attempt += 1) {
      const answer = await this.#once(call);
      if (answer.failure === undefined || expected.includes(answer.status)) return answer;
      const again = answer.status === 429 || (repeatable && isPassing(answer.status));
      if (!again || attempt === TRIES) throw answer.failure;
      const pause = Math.min(answer.wait ?? PAUSE * 2 ** (attempt - 1), LONGEST_PAUSE);
      await this.#context.clock.sleep(pause, this.#context.signal);
    }
  }

  async #once({ method, path, query = {}, body }: Call): Promise<{
    status: number;
    text: string;
    failure?: ProviderError;
    wait?: number;
  }> {
    const { signal } = this.#context;
    const url = new URL(`${this.#base}${path}`);
    for (const [key, value] of Object.entries(query)) {
      if (value !== undefined) url.searchParams.set(key, String(value));
    }
    try {
      const response = await this.#context.fetch(url, {
        method,
        headers: {
          authorization: `Bearer ${this.#token}`,
          'user-agent': 'tcompose',
          ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
        signal: AbortSignal.any([signal, AbortSignal.timeout(TIMEOUT)]),
      });
      const text = await response.text();
      const { status } = response;
      if (response.ok) return { status, text };
      const wait = pauseOf(response.headers, this.#context.clock.now());
      const given = this.#context.env['DIGITALOCEAN_ACCESS_TOKEN'] === this.#token;
      const tokenFrom = given ? 'DIGITALOCEAN_ACCESS_TOKEN' : 'DIGITALOCEAN_TOKEN';
      const failure = answerFailure({ method, path, status, body: text, tokenFrom });
      return { status, text, failure, ...(wait === undefined ? {} : { wait }) };
    } catch (error) {
      signal.throwIfAborted();
      return { status: 0, text: '', failure: connectionFailure(url, error) };
    }
  }
}

/** 0: no answer at all. */
function isPassing(status: number): boolean {
  return status === 0 || status >= 500;
}

/** How long the account asks to wait: `Retry-After` in seconds or as a date. */
function pauseOf(headers: Headers, now: number): number | undefined {
  const after = headers.get('retry-after');
  if (after === null) return undefined;
  const until = /^\d+$/.test(after) ? Number(after) * 1000 : Date.parse(after) - now;
  return Number.isFinite(until) && until >= 0 ? until : undefined;
}
