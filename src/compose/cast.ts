import type { ScalarValue } from './yaml-scalar.ts';

/** A string that became a number or a boolean, or why it could not. */
export type CastResult =
  | { readonly ok: true; readonly value: ScalarValue; readonly warning?: string }
  | { readonly ok: false; readonly error: string };

export type CastName = 'int' | 'int64' | 'float' | 'bool';

/** Which strings become another type, by path: `*` is any key, `[]` any item. */
const castPaths: readonly (readonly [CastName, string])[] = [
  ['int64', 'services.*.cpu_count'],
  ['float', 'services.*.cpu_percent'],
  ['int64', 'services.*.cpu_period'],
  ['int64', 'services.*.cpu_quota'],
  ['int64', 'services.*.cpu_rt_period'],
  ['int64', 'services.*.cpu_rt_runtime'],
  ['float', 'services.*.cpus'],
  ['int64', 'services.*.cpu_shares'],
  ['bool', 'services.*.init'],
  ['bool', 'services.*.depends_on.*.required'],
  ['bool', 'services.*.depends_on.*.restart'],
  ['int', 'services.*.deploy.replicas'],
  ['int', 'services.*.deploy.update_config.parallelism'],
  ['float', 'services.*.deploy.update_config.max_failure_ratio'],
  ['int', 'services.*.deploy.rollback_config.parallelism'],
  ['float', 'services.*.deploy.rollback_config.max_failure_ratio'],
  ['int', 'services.*.deploy.restart_policy.max_attempts'],
  ['int', 'services.*.deploy.placement.max_replicas_per_node'],
  ['int', 'services.*.healthcheck.retries'],
  ['bool', 'services.*.healthcheck.disable'],
  ['bool', 'services.*.oom_kill_disable'],
  ['int64', 'services.*.oom_score_adj'],
  ['int64', 'services.*.pids_limit'],
  ['int', 'services.*.ports.[].target'],
  ['bool', 'services.*.privileged'],
  ['bool', 'services.*.read_only'],
  ['int', 'services.*.scale'],
  ['bool', 'services.*.stdin_open'],
  ['bool', 'services.*.tty'],
  ['int', 'services.*.ulimits.*'],
  ['int', 'services.*.ulimits.*.hard'],
  ['int', 'services.*.ulimits.*.soft'],
  ['bool', 'services.*.volumes.[].read_only'],
  ['bool', 'services.*.volumes.[].volume.nocopy'],
  ['bool', 'networks.*.external'],
  ['bool', 'networks.*.internal'],
  ['bool', 'networks.*.attachable'],
  ['bool', 'networks.*.enable_ipv4'],
  ['bool', 'networks.*.enable_ipv6'],
  ['bool', 'volumes.*.external'],
  ['bool', 'secrets.*.external'],
  ['bool', 'configs.*.external'],
];

/** The paths as a tree, walked in step with the document. */
export interface CastStep {
  readonly cast?: CastName;
  readonly next: ReadonlyMap<string, CastStep>;
}

interface GrowingStep {
  cast?: CastName;
  readonly next: Map<string, GrowingStep>;
}

function plant(): CastStep {
  const root: GrowingStep = { next: new Map() };
  for (const [cast, path] of castPaths) {
    let step = root;
    for (const part of path.split('.')) {
      let next = step.next.get(part);
      if (next === undefined) {
        next = { next: new Map() };
        step.next.set(part, next);
      }
      step = next;
    }
    step.cast = cast;
  }
  return root;
}

export const castRoot: CastStep = plant();

/** The step below `step` for a key (or `[]` for an item). */
export function castStep(step: CastStep | undefined, part: string): CastStep | undefined {
  return step?.next.get(part) ?? step?.next.get('*');
}

/** Turns a string into what its place in the model wants; errors in the words of Go's strconv. */
export function castText(text: string, cast: CastName): CastResult {
  switch (cast) {
    case 'bool':
      return castBool(text);
    case 'float':
      return castFloat(text);
    case 'int':
      return castInt(text, 'Atoi');
    case 'int64':
      return castInt(text, 'ParseInt');
  }
}

const int64Max = 2n ** 63n - 1n;

function castInt(text: string, routine: string): CastResult {
  if (!/^[-+]?[0-9]+$/.test(text)) return parseFailure(routine, text, 'invalid syntax');
  const size = BigInt(text.replace(/^[-+]/, ''));
  const exact = text.startsWith('-') ? -size : size;
  if (exact > int64Max || exact < -int64Max - 1n) {
    return parseFailure(routine, text, 'value out of range');
  }
  const value = Number(exact);
  return { ok: true, value: { type: 'int', value: Number.isSafeInteger(value) ? value : exact } };
}

const digits = '[0-9](?:_?[0-9])*';
const goFloat = new RegExp(
  `^[-+]?(?:${digits}\\.?(?:${digits})?|\\.${digits})(?:[eE][-+]?${digits})?$`,
);

function castFloat(text: string): CastResult {
  if (/^[-+]?inf(?:inity)?$/i.test(text)) {
    return {
      ok: true,
      value: { type: 'float', value: text.startsWith('-') ? -Infinity : Infinity },
    };
  }
  if (/^nan$/i.test(text)) return { ok: true, value: { type: 'float', value: NaN } };
  if (!goFloat.test(text)) return parseFailure('ParseFloat', text, 'invalid syntax');
  const value = Number(text.replaceAll('_', ''));
  if (!Number.isFinite(value)) return parseFailure('ParseFloat', text, 'value out of range');
  return { ok: true, value: { type: 'float', value } };
}

function castBool(text: string): CastResult {
  const word = text.toLowerCase();
  const value = word === 'true' || word === 'y' || word === 'yes' || word === 'on';
  if (word === 'true' || word === 'false') return { ok: true, value: { type: 'bool', value } };
  if (!value && word !== 'n' && word !== 'no' && word !== 'off') {
    return { ok: false, error: `invalid boolean: ${text}` };
  }
  const warning = `${JSON.stringify(text)} for boolean is not supported by YAML 1.2, please use \`${value}\``;
  return { ok: true, value: { type: 'bool', value }, warning };
}

function parseFailure(routine: string, text: string, why: string): CastResult {
  return { ok: false, error: `strconv.${routine}: parsing ${JSON.stringify(text)}: ${why}` };
}
