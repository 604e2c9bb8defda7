import type { ProviderContext } from '../provider.ts';
import type { ProviderError } from '../provider-error.ts';
import { answerFailure, connectionFailure, strangeAnswer } from './failure.ts';

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

interface Answer {
  /** 0: there was none. */
  readonly status: number;
  /** JSON of a success. */
  readonly value?: unknown;
  readonly failure?: ProviderError;
  /** Milliseconds that the account asks to wait. */
  readonly wait?: number;
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
    const { status, value } = await this.#send({ method: 'GET', path }, [404]);
    return status === 404 ? undefined : (value as T);
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
    return (await this.#send(call, [])).value as T;
  }

  /** False: it was gone already. */
  async remove(path: string): Promise<boolean> {
    const { status } = await this.#send({ method: 'DELETE', path }, [404]);
    return status !== 404;
  }

  async #send(call: Call, expected: readonly number[]): Promise<Answer> {
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

  async #once({ method, path, query = {}, body }: Call): Promise<Answer> {
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
      if (response.ok) {
        const value = parsed(text);
        if (value !== undefined) return { status, value };
        return { status, failure: strangeAnswer({ method, path, status }) };
      }
      const wait = pauseOf(response.headers, this.#context.clock.now());
      const failure = answerFailure({ method, path, status, body: text });
      return { status, failure, ...(wait === undefined ? {} : { wait }) };
    } catch (error) {
      signal.throwIfAborted();
      return { status: 0, failure: connectionFailure(url, error) };
    }
  }
}

/** 0: no answer at all. */
function isPassing(status: number): boolean {
  return status === 0 || status >= 500;
}

/** Undefined: it is no JSON. Nothing is an answer as well. */
function parsed(text: string): unknown {
  try {
    return text === '' ? {} : (JSON.parse(text) as unknown);
  } catch {
    return undefined;
  }
}

/**
 * How long the account asks to wait: `Retry-After` in seconds or as a date, else until the oldest call is so old that
 * it does not count any more.
 */
function pauseOf(headers: Headers, now: number): number | undefined {
  const after = headers.get('retry-after');
  const reset = headers.get('ratelimit-reset');
  let pause = Number.NaN;
  if (after !== null) pause = /^\d+$/.test(after) ? Number(after) * 1000 : Date.parse(after) - now;
  else if (reset !== null) pause = Number(reset) * 1000 - now;
  return pause >= 0 ? pause : undefined;
}
