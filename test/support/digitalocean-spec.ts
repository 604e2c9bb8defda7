/** DigitalOcean's description of its API, against which everything that the fake says and hears is checked. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import addFormats from 'ajv-formats';
import { type Document, OpenAPIBackend } from 'openapi-backend';
import { checkout } from './debian.ts';

const beside = join(checkout, '../shared/data/digitalocean-openapi.json');

/** Where the description is; undefined where there is none, and then loudly. */
export function digitaloceanSpec(): string | undefined {
  const named = process.env['TCOMPOSE_DIGITALOCEAN_OPENAPI'] ?? '';
  const file = named === '' ? beside : named;
  if (existsSync(file)) return file;
  const there = named !== '' && existsSync(beside);
  if (process.env['CI'] === 'true' && there) {
    throw new Error(`TCOMPOSE_DIGITALOCEAN_OPENAPI=${file} is missing, but ${beside} is there`);
  }
  process.stderr.write(
    `SKIPPED: tests on DigitalOcean, for ${file} is missing (its OpenAPI description; set TCOMPOSE_DIGITALOCEAN_OPENAPI)\n`,
  );
  return undefined;
}

export interface SpecRequest {
  readonly method: string;
  readonly path: string;
  readonly query: Record<string, string>;
  readonly headers: Record<string, string>;
  readonly body?: unknown;
}

/** Checks calls and answers against the description. */
export class SpecChecker {
  readonly #api: OpenAPIBackend;

  private constructor(api: OpenAPIBackend) {
    this.#api = api;
  }

  static async load(file: string): Promise<SpecChecker> {
    const api = new OpenAPIBackend({
      definition: JSON.parse(readFileSync(file, 'utf8')) as Document,
      quick: true,
      strict: false,
      ajvOpts: { strict: false, allErrors: true, unicodeRegExp: false, logger: false },
      customizeAjv: (ajv) => {
        addFormats.default(ajv);
        return ajv;
      },
    });
    await api.init();
    return new SpecChecker(api);
  }

  /** Name of the operation; undefined for a path that is not described. */
  operation(request: SpecRequest): string | undefined {
    return this.#match(request)?.operationId;
  }

  requestFaults(request: SpecRequest): string[] {
    const operation = this.#match(request);
    if (operation === undefined) return [];
    const { errors } = this.#api.validateRequest(asRequest(request), operation);
    return (errors ?? []).map((error) => `${error.instancePath} ${error.message ?? ''}`);
  }

  answerFaults(request: SpecRequest, status: number, body: unknown): string[] {
    const operation = this.#match(request);
    if (operation === undefined || body === undefined) return [];
    const { errors } = this.#api.validateResponse(body, operation, status);
    return (errors ?? []).map((error) => `${error.instancePath} ${error.message ?? ''}`);
  }

  #match(request: SpecRequest) {
    return this.#api.matchOperation(asRequest(request));
  }
}

function asRequest({ method, path, query, headers, body }: SpecRequest) {
  return { method, path, query, headers, body };
}
