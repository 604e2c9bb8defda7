import type {
  Choice,
  ChoiceKind,
  Instance,
  MachineState,
  Power,
  ProviderFlag,
  RemoteResource,
} from '../provider.ts';
import type { ProviderErrorKind } from '../provider-error.ts';

/** Version of the protocol; a provider that wants another one is refused. */
export const PROTOCOL = 1;

/** What a provider says of itself. */
export interface Hello {
  readonly title: string;
  readonly power: Power;
  readonly makesInstances: boolean;
  readonly flags: readonly ProviderFlag[];
  /** What SSH needs where no flag says it, and the flags that do. */
  readonly ssh: {
    readonly user: string;
    readonly port: number;
    readonly userFlag?: string;
    readonly portFlag?: string;
    readonly keyFlag?: string;
  };
  readonly userDataFlag?: string;
  /** Flags whose values say which account and region it is. */
  readonly accountFlags?: readonly string[];
}

type Fields = Readonly<Record<string, unknown>>;

const STATES: readonly MachineState[] = [
  'Running',
  'Paused',
  'Saved',
  'Stopped',
  'Stopping',
  'Starting',
  'Error',
  'Timeout',
  'Not Found',
];
const KINDS: readonly ProviderErrorKind[] = [
  'invalid',
  'no-credentials',
  'denied',
  'not-found',
  'already-exists',
  'in-use',
  'capacity',
  'throttled',
  'unreachable',
  'failed',
];

/** A message that is not as the protocol wants it; says where. */
export class ShapeError extends Error {
  override readonly name = 'ShapeError';
}

/** @throws ShapeError, saying where, for what is no object */
export function asObject(value: unknown, where: string): Fields {
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Fields;
  throw new ShapeError(`${where} is no object`);
}

function asArray(value: unknown, where: string): readonly unknown[] {
  if (Array.isArray(value)) return value as readonly unknown[];
  throw new ShapeError(`${where} is no list`);
}

/** @throws ShapeError, saying where, for what is no text */
export function asText(value: unknown, where: string): string {
  if (typeof value === 'string') return value;
  throw new ShapeError(`${where} is no text`);
}

function asWord<T extends string>(value: unknown, words: readonly T[], where: string): T {
  const found = words.find((word) => word === value);
  if (found !== undefined) return found;
  throw new ShapeError(`${where} is none of ${words.join(', ')}`);
}

/** The texts of these fields that are there. */
function texts(fields: Fields, names: readonly string[], where: string): Record<string, string> {
  return Object.fromEntries(
    names
      .filter((name) => fields[name] !== undefined && fields[name] !== null)
      .map((name) => [name, asText(fields[name], `${where}.${name}`)]),
  );
}

/** @throws ShapeError */
export function parseHello(value: unknown, name: string): Hello {
  const fields = asObject(value, 'result');
  if (fields['protocol'] !== PROTOCOL) {
    throw new ShapeError(
      `it speaks version ${JSON.stringify(fields['protocol'])} of the protocol, and this is ${PROTOCOL}`,
    );
  }
  const ssh = asObject(fields['ssh'] ?? {}, 'ssh');
  const port = ssh['port'] ?? 22;
  if (typeof port !== 'number') throw new ShapeError('ssh.port is no number');
  const flags = asArray(fields['flags'] ?? [], 'flags');
  const account = fields['accountFlags'];
  return {
    title: asText(fields['title'] ?? name, 'title'),
    power: asWord(fields['power'] ?? 'none', ['api', 'ssh', 'restart', 'none'], 'power'),
    makesInstances: fields['makesInstances'] !== false,
    flags: flags.map((flag, index) => parseFlag(flag, name, `flags[${index}]`)),
    ssh: {
      user: asText(ssh['user'] ?? 'root', 'ssh.user'),
      port,
      ...texts(ssh, ['userFlag', 'portFlag', 'keyFlag'], 'ssh'),
    },
    ...texts(fields, ['userDataFlag'], 'result'),
    ...(account === undefined
      ? {}
      : {
          accountFlags: asArray(account, 'accountFlags').map((each) =>
            asText(each, 'accountFlags'),
          ),
        }),
  };
}

function parseFlag(value: unknown, provider: string, where: string): ProviderFlag {
  const fields = asObject(value, where);
  const name = asText(fields['name'], `${where}.name`);
  if (!name.startsWith(`${provider}-`)) {
    throw new ShapeError(`${where}: ${name} does not begin with ${provider}-`);
  }
  const env = asArray(fields['env'] ?? [], `${where}.env`).map((each) =>
    asText(each, `${where}.env`),
  );
  if (fields['secret'] === true && env.length === 0) {
    throw new ShapeError(
      `${where}: ${name} is a secret and has no env, by which secrets are given`,
    );
  }
  const { values } = fields;
  return {
    name,
    type: asWord(fields['type'] ?? 'string', ['bool', 'string', 'int', 'list'], `${where}.type`),
    summary: asText(fields['summary'] ?? '', `${where}.summary`),
    ...texts(fields, ['default'], where),
    ...(env.length === 0 ? {} : { env }),
    ...(fields['secret'] === true ? { secret: true } : {}),
    ...(fields['hidden'] === true ? { hidden: true } : {}),
    ...(values === undefined
      ? {}
      : {
          values: Array.isArray(values)
            ? values.map((each) => asText(each, `${where}.values`))
            : asWord<ChoiceKind>(
                values,
                ['regions', 'sizes', 'images', 'zones'],
                `${where}.values`,
              ),
        }),
  };
}

/** @throws ShapeError */
export function parseInstance(value: unknown, where = 'result'): Instance {
  const fields = asObject(value, where);
  const tags = asObject(fields['tags'] ?? {}, `${where}.tags`);
  const optional = [
    'address',
    'privateAddress',
    'ipv6Address',
    'region',
    'size',
    'image',
    'createdAt',
  ];
  return {
    id: asText(fields['id'], `${where}.id`),
    name: asText(fields['name'], `${where}.name`),
    state: asWord(fields['state'], STATES, `${where}.state`),
    ...texts(fields, optional, where),
    tags: texts(tags, Object.keys(tags), `${where}.tags`),
  };
}

/** @throws ShapeError */
export function parseInstances(value: unknown): Instance[] {
  return asArray(value, 'result').map((each, index) => parseInstance(each, `result[${index}]`));
}

/** @throws ShapeError */
export function parseResource(value: unknown, where: string): RemoteResource {
  const fields = asObject(value, where);
  return {
    kind: asText(fields['kind'], `${where}.kind`),
    id: asText(fields['id'], `${where}.id`),
    title: asText(fields['title'] ?? fields['id'], `${where}.title`),
    ...texts(fields, ['region', 'machine'], where),
  };
}

/** @throws ShapeError */
export function parseResources(value: unknown): RemoteResource[] {
  return asArray(value, 'result').map((each, index) => parseResource(each, `result[${index}]`));
}

/** @throws ShapeError */
export function parseChoices(value: unknown): Choice[] {
  return asArray(value, 'result').map((each, index) => {
    const fields = asObject(each, `result[${index}]`);
    return {
      value: asText(fields['value'], `result[${index}].value`),
      summary: asText(fields['summary'] ?? '', `result[${index}].summary`),
    };
  });
}

/** A provider's own error; an unknown kind is a failure like any other. */
export function parseError(value: unknown): {
  readonly kind: ProviderErrorKind;
  readonly message: string;
  readonly hint?: string;
  readonly code?: string;
} {
  const fields = asObject(value, 'error');
  return {
    kind: KINDS.find((kind) => kind === fields['kind']) ?? 'failed',
    message: asText(fields['message'], 'error.message'),
    ...texts(fields, ['hint', 'code'], 'error'),
  };
}
