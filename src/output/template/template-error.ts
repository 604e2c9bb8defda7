/** A `--format` template that cannot be parsed or applied; worded as Go does, with the place. */
export class TemplateError extends Error {
  /** What would help, where that is known. */
  readonly hint: string | undefined;

  constructor(message: string, hint?: string) {
    super(message);
    this.name = 'TemplateError';
    this.hint = hint;
  }
}
