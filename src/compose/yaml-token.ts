/** What the scanner finds, in the terms of the YAML specification. */
export type TokenType =
  | 'version-directive'
  | 'tag-directive'
  | 'document-start'
  | 'document-end'
  | 'block-map-start'
  | 'block-seq-start'
  | 'block-end'
  | 'flow-seq-start'
  | 'flow-seq-end'
  | 'flow-map-start'
  | 'flow-map-end'
  | 'block-entry'
  | 'flow-entry'
  | 'key'
  | 'value'
  | 'alias'
  | 'anchor'
  | 'tag'
  | 'plain'
  | 'quoted'
  | 'block-scalar'
  | 'end';

export interface Token {
  readonly type: TokenType;
  readonly start: number;
  readonly end: number;
  /** Text of a scalar; name of an anchor or alias; handle of a tag; `1.1` of a version. */
  readonly text: string;
  /** Rest of a tag after its handle; prefix of a tag directive. */
  readonly suffix: string;
}

/** Where and why reading stops; thrown inside the reader only. */
export class YamlFault extends Error {
  readonly at: number;
  /** What was being read, and since where. */
  readonly context: { readonly text: string; readonly start: number } | undefined;

  constructor(problem: string, at: number, context?: { text: string; start: number }) {
    super(problem);
    this.at = at;
    this.context = context;
  }
}
