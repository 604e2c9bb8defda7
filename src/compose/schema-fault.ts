import { nearest } from '../foundation/nearest.ts';
import type { Node, NodePath } from './node.ts';
import type { SchemaFault } from './schema-validator.generated.js';
import { schemaText } from './schema-validator.generated.js';

/** What is wrong, in the reference's words; `key` is the child of the node that is to blame. */
export interface DescribedFault {
  readonly code: string;
  readonly message: string;
  readonly key?: string | number;
  readonly hint?: string;
}

/** The words for a fault that the schema found at `path`, where the tree has `node`. */
export function describeFault(
  { keyword, params }: SchemaFault,
  path: NodePath,
  node: Node | undefined,
): DescribedFault {
  switch (keyword) {
    case 'additionalProperties':
      return unknownKey(String(params.additionalProperty), path);
    case 'type':
      return wrongType(params.type as string | readonly string[], node);
    case 'required':
      return {
        code: 'missing-key',
        message: `missing property '${String(params.missingProperty)}'`,
      };
    case 'enum':
      return notAmong(params.allowedValues as readonly string[], node);
    case 'pattern':
      return {
        code: 'pattern',
        message: `'${textOf(node)}' does not match pattern '${String(params.pattern)}'`,
      };
    case 'minimum':
      return {
        code: 'out-of-range',
        message: `must be greater than or equal to ${String(params.limit)}`,
      };
    case 'maximum':
      return {
        code: 'out-of-range',
        message: `must be less than or equal to ${String(params.limit)}`,
      };
    case 'uniqueItems':
      return repeatedItem(Number(params.i), Number(params.j));
    default:
      throw new Error(`the schema uses ${keyword}, which has no message`);
  }
}

function repeatedItem(one: number, other: number): DescribedFault {
  const [first, second] = one < other ? [one, other] : [other, one];
  return {
    code: 'repeated-item',
    message: `items at ${String(first)} and ${String(second)} are equal`,
    key: second,
  };
}

function unknownKey(key: string, path: NodePath): DescribedFault {
  const fault = {
    code: 'unknown-key',
    message: `additional properties '${key}' not allowed`,
    key,
  };
  const element = schemaOf(path);
  if (element?.properties === undefined) {
    const named = element?.patternProperties?.['^[a-zA-Z0-9._-]+$'] !== undefined;
    return named ? { ...fault, hint: "a name may have letters, digits, '.', '_' and '-'" } : fault;
  }
  const meant = nearest(key, Object.keys(element.properties));
  if (meant !== undefined) return { ...fault, hint: `did you mean '${meant}'?` };
  return element.patternProperties?.['^x-'] === undefined
    ? fault
    : { ...fault, hint: "keys of your own start with 'x-'" };
}

function notAmong(allowed: readonly string[], node: Node | undefined): DescribedFault {
  const quoted = allowed.map((value) => `'${value}'`).join(', ');
  const message =
    allowed.length === 1 ? `value must be ${quoted}` : `value must be one of ${quoted}`;
  const meant = nearest(textOf(node), allowed);
  return {
    code: 'not-allowed',
    message,
    ...(meant === undefined ? {} : { hint: `did you mean '${meant}'?` }),
  };
}

function wrongType(type: string | readonly string[], node: Node | undefined): DescribedFault {
  const wanted = (typeof type === 'string' ? [type] : [...type]).map(typeName).toSorted(byName);
  const last = wanted.at(-1) ?? '';
  const list = wanted.length > 1 ? `${wanted.slice(0, -1).join(', ')} or ${last}` : last;
  const article = /^[aeiou]/.test(list) ? 'an' : 'a';
  const quotable = wanted.includes('string') && node?.kind === 'scalar' && node.type !== 'null';
  return {
    code: 'wrong-type',
    message: `must be ${article} ${list}`,
    ...(quotable ? { hint: `put it in quotes: "${textOf(node)}"` } : {}),
  };
}

/** Mappings first: so begins what the reference says where several forms are possible. */
function byName(a: string, b: string): number {
  if (a === 'mapping' || b === 'mapping') return a === b ? 0 : a === 'mapping' ? -1 : 1;
  return a < b ? -1 : 1;
}

function typeName(type: string): string {
  if (type === 'object') return 'mapping';
  return type === 'array' ? 'list' : type;
}

/** A scalar as it was written. */
function textOf(node: Node | undefined): string {
  if (node === undefined) return '';
  const written = node.span.file.text.slice(node.span.start, node.span.end);
  return node.kind === 'scalar' && typeof node.value === 'string' ? node.value : written;
}

interface SchemaElement {
  readonly $ref?: string;
  readonly items?: SchemaElement;
  readonly properties?: Readonly<Record<string, SchemaElement>>;
  readonly patternProperties?: Readonly<Record<string, SchemaElement>>;
}

/** The part of the schema that describes the node at `path`. */
function schemaOf(path: NodePath): SchemaElement | undefined {
  const root = JSON.parse(schemaText) as SchemaElement & {
    readonly $defs: Readonly<Record<string, SchemaElement>>;
  };
  const resolved = (element: SchemaElement | undefined): SchemaElement | undefined =>
    element?.$ref === undefined ? element : root.$defs[element.$ref.replace('#/$defs/', '')];
  let element: SchemaElement | undefined = root;
  for (const step of path) {
    if (typeof step === 'number') {
      element = resolved(element?.items);
    } else {
      const patterns = Object.entries(element?.patternProperties ?? {});
      const matching = patterns.find(([pattern]) => new RegExp(pattern, 'u').test(step));
      const known = element?.properties;
      element = resolved(known && Object.hasOwn(known, step) ? known[step] : matching?.[1]);
    }
  }
  return element;
}
