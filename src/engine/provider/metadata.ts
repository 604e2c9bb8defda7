import type { ServiceProvider } from '../../compose/model.ts';
import { fail, ok, type Result } from '../../foundation/result.ts';
import type { ProviderCommand } from '../../scheduler/plan.ts';

interface Parameter {
  readonly name: string;
  readonly required: boolean;
}

/** Which parameters a provider takes; `undefined`: it does not say. */
export interface ProviderMetadata {
  readonly described: boolean;
  readonly up: readonly Parameter[];
  readonly down: readonly Parameter[];
  /** Absent: it cannot be stopped. */
  readonly stop?: readonly Parameter[];
}

const SILENT: ProviderMetadata = { described: false, up: [], down: [] };

/** Reads the answer to `compose metadata`; what is no such answer says nothing. */
export function parseProviderMetadata(json: string): ProviderMetadata {
  let value: unknown;
  try {
    value = JSON.parse(json);
  } catch {
    return SILENT;
  }
  if (!isRecord(value)) return SILENT;
  const { description = '', up, down, stop } = value;
  const parts = [up, down, stop].map(parametersOf);
  if (typeof description !== 'string' || parts.includes('wrong')) return SILENT;
  const [forUp, forDown, forStop] = parts as (readonly Parameter[] | undefined)[];
  return {
    described: description !== '' || forUp !== undefined || forDown !== undefined,
    up: forUp ?? [],
    down: forDown ?? [],
    ...(isRecord(stop) ? { stop: forStop ?? [] } : {}),
  };
}

/**
 * Arguments of one call of a provider, or why it cannot be made. Options that a provider does not
 * know for a command are left out; one that describes nothing gets them all.
 */
export function providerArguments(
  metadata: ProviderMetadata,
  call: {
    readonly project: string;
    readonly service: string;
    readonly provider: ServiceProvider;
    readonly command: ProviderCommand;
  },
): Result<readonly string[], string> {
  const { project, service, provider, command } = call;
  const { type = '', options = {} } = provider;
  const parameters = metadata[command] ?? [];
  if (metadata.described) {
    const missing = parameters.find(
      ({ name, required }) => required && !Object.hasOwn(options, name),
    );
    if (missing !== undefined) {
      return fail(
        `required parameter ${JSON.stringify(missing.name)} is missing from provider ${JSON.stringify(type)} definition`,
      );
    }
  }
  const flags = Object.entries(options)
    .filter(([key]) => !metadata.described || parameters.some(({ name }) => name === key))
    .flatMap(([key, values]) => values.map((value) => `--${key}=${value}`));
  return ok(['compose', `--project-name=${project}`, command, ...flags, service]);
}

/** `undefined`: the command has no list of parameters. */
function parametersOf(command: unknown): readonly Parameter[] | undefined | 'wrong' {
  if (command === undefined || command === null) return undefined;
  if (!isRecord(command)) return 'wrong';
  const { parameters } = command;
  if (parameters === undefined || parameters === null) return undefined;
  if (!Array.isArray(parameters) || !parameters.every(isRecord)) return 'wrong';
  return parameters.map(({ name, required }) => ({
    name: typeof name === 'string' ? name : '',
    required: required === true,
  }));
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
