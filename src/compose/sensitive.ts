/** Something in a text that looks as if it should stay secret; what it is, never the value. */
export interface SensitiveFinding {
  /** From 1. */
  readonly line: number;
  readonly kind: string;
  /** The name that the value has, where it has one. */
  readonly name?: string;
}

/** Secrets that are recognised by their form, wherever they stand. */
const FORMS: readonly { readonly kind: string; readonly pattern: RegExp }[] = [
  { kind: 'private key', pattern: /-----BEGIN (?:[A-Z0-9]+ )*PRIVATE KEY(?: BLOCK)?-----/ },
  { kind: 'AWS access key', pattern: /\b(?:AKIA|ASIA)[0-9A-Z]{16}\b/ },
  { kind: 'GitHub token', pattern: /\b(?:gh[pousr]_\w{36,}|github_pat_\w{22,})/ },
  { kind: 'GitLab token', pattern: /\bglpat-[\w-]{20,}/ },
  { kind: 'Slack token', pattern: /\bxox[abeoprs]-[\w-]{10,}/ },
  { kind: 'Stripe key', pattern: /\b[rs]k_live_\w{16,}/ },
  { kind: 'Google API key', pattern: /\bAIza[\w-]{35}\b/ },
  { kind: 'npm token', pattern: /\bnpm_[A-Za-z0-9]{36}\b/ },
  { kind: 'Docker token', pattern: /\bdckr_(?:pat|oat)_[\w-]{20,}/ },
  { kind: 'JSON web token', pattern: /\beyJ[\w-]{8,}\.eyJ[\w-]{8,}\.[\w-]{8,}/ },
  { kind: 'password in an address', pattern: /[a-z][a-z0-9+.-]*:\/\/[^/\s:@$"']+:[^/\s:@$"']+@/i },
];

const NAMES =
  /pass(?:word|wd|phrase)|(?:^|[_.-])(?:pass|pwd|pw)$|secret|token|credential|(?:api|access|private|encryption|signing|auth)[_.-]?key/i;

/** Names of what is no secret itself: where it is, how long it lasts. */
const HARMLESS = /(?:_|-|\b)(?:file|path|dir|url|uri|endpoint|ttl|expiry|timeout|length|name|id)$/i;

/** Whether a variable of this name usually holds a secret. */
export function isSensitiveName(name: string): boolean {
  return NAMES.test(name) && !HARMLESS.test(name);
}

/** Whether a value is written out: it neither starts nor ends with a variable. `$$` is a dollar sign. */
export function isLiteral(value: string): boolean {
  const text = value
    .trim()
    .replaceAll('$$', 'X')
    .replaceAll(/\$\{[^}]*\}+|\$\w+/g, '\0');
  return text.length >= 3 && !text.startsWith('\0') && !text.endsWith('\0');
}

/** What in a text looks like a secret by its form. */
export function findSecrets(text: string): SensitiveFinding[] {
  return text.split('\n').flatMap((line, index) => {
    const found = FORMS.find(({ pattern }) => pattern.test(line));
    return found === undefined ? [] : [{ line: index + 1, kind: found.kind }];
  });
}

/** As {@link findSecrets} for lines of `NAME=value` or `name: value`, whose names count as well. */
export function findNamedSecrets(text: string): SensitiveFinding[] {
  const byForm = findSecrets(text);
  const known = new Set(byForm.map(({ line }) => line));
  const byName = text.split('\n').flatMap((line, index): SensitiveFinding[] => {
    const [, name, value] =
      /^\s*(?:export\s+)?["']?([\w.-]+)["']?\s*[=:]\s*["']?(.*?)["']?,?\s*$/.exec(line) ?? [];
    if (name === undefined || value === undefined || known.has(index + 1)) return [];
    if (!isSensitiveName(name) || !isLiteral(value)) return [];
    return [{ line: index + 1, kind: 'value of a name that says secret', name }];
  });
  return [...byForm, ...byName].toSorted((left, right) => left.line - right.line);
}
