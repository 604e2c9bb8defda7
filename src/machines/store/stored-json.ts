import { findJsonFault } from '../../foundation/json-fault.ts';
import { MachineError } from '../machine-error.ts';

/** Where JSON text was read, for messages. */
export interface JsonPlace {
  readonly path: string;
  /** One-based line of the file in which the text begins. */
  readonly line?: number;
  /** What would help; absent: what helps against the file of a machine. */
  readonly hint?: string;
}

/** What would help against a broken file of a machine. */
const MEND = 'mend the file, or remove the machine with "machine rm --force"';

/**
 * The object that a stored text is. Messages say where it is broken and never quote it.
 *
 * @throws MachineError `store`
 */
export function parseStoredObject(text: string, place: JsonPlace): Record<string, unknown> {
  const fault = findJsonFault(text);
  if (fault !== undefined) {
    const line = (place.line ?? 1) + fault.line - 1;
    throw broken(`${place.path}:${line}:${fault.column}: ${fault.expected} is missing`, place.hint);
  }
  const value: unknown = JSON.parse(text);
  if (!isObject(value))
    throw broken(`${place.path}:${place.line ?? 1}:1: an object is missing`, place.hint);
  return value;
}

/** A fault of a stored file, which the user can mend. */
export function broken(message: string, hint = MEND): MachineError {
  return new MachineError('store', message, { hint });
}

/** A JSON object, which is neither null nor a list. */
export function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
