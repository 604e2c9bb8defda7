/** A fault as ajv reports it: where in the data, which keyword of the schema, and its details. */
export interface SchemaFault {
  /** JSON pointer. */
  readonly instancePath: string;
  readonly keyword: string;
  readonly params: Readonly<Record<string, unknown>>;
}

/** True when `data` fits the schema; otherwise every fault is in `validate.errors`. */
export declare const validate: {
  (data: unknown): boolean;
  errors?: readonly SchemaFault[] | null;
};

/** The schema itself, as JSON text without descriptions. */
export declare const schemaText: string;
