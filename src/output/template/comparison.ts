import { formatGo } from './printf.ts';
import { Float, typeName } from './values.ts';

const NOT_ORDERED = 'invalid type for comparison';

type Basic = 'bool' | 'int' | 'float' | 'string';

/** Whether the first is equal to any of the others. */
export function eq(first: unknown, others: readonly unknown[]): boolean {
  refuseUncomparable(first);
  if (others.length === 0) throw new Error('missing argument for comparison');
  for (const other of others) {
    if (equal(first, other)) return true;
    refuseUncomparable(other);
  }
  return false;
}

export function ne(a: unknown, b: unknown): boolean {
  return !eq(a, [b]);
}

/** Numbers by value, texts by their code points. */
export function less(a: unknown, b: unknown): boolean {
  const kind = basic(a);
  if (kind === undefined || basic(b) === undefined) throw new Error(NOT_ORDERED);
  if (kind !== basic(b)) throw incompatible(a, b);
  if (kind === 'bool') throw new Error(NOT_ORDERED);
  return kind === 'string' ? Buffer.compare(bytes(a), bytes(b)) < 0 : number(a) < number(b);
}

export function greater(a: unknown, b: unknown): boolean {
  return !less(a, b) && !eq(a, [b]);
}

function equal(a: unknown, b: unknown): boolean {
  const [left, right] = [basic(a), basic(b)];
  if (isNil(a) || isNil(b)) return isNil(a) && isNil(b);
  if (left !== right) throw incompatible(a, b);
  if (left === 'float') return number(a) === number(b);
  if (left !== undefined) return a === b;
  return JSON.stringify(a) === JSON.stringify(b);
}

function refuseUncomparable(value: unknown): void {
  if (!Array.isArray(value) && !(value instanceof Map)) return;
  throw new Error(`non-comparable type ${formatGo('%s', [value])}: ${typeName(value)}`);
}

function basic(value: unknown): Basic | undefined {
  if (typeof value === 'boolean') return 'bool';
  if (typeof value === 'number') return 'int';
  if (typeof value === 'string') return 'string';
  return value instanceof Float ? 'float' : undefined;
}

function incompatible(a: unknown, b: unknown): Error {
  return new Error(`incompatible types for comparison: ${typeName(a)} and ${typeName(b)}`);
}

function isNil(value: unknown): boolean {
  return value === undefined || value === null;
}

function bytes(value: unknown): Buffer {
  return Buffer.from(value as string);
}

function number(value: unknown): number {
  return value instanceof Float ? value.value : (value as number);
}
