/** Source text of the validator for `schemas/compose.json`. */
export function compileSchema(): Promise<string>;
/** Writes the validator where it is missing or older than the schema. */
export function buildSchema(): Promise<void>;
export default buildSchema;
