/** Value of a variable, or undefined where it is not set. */
export type Lookup = (name: string) => string | undefined;

/** Something wrong in a template. Offsets are UTF-16 units in the whole template. */
export interface SubstitutionFault {
  readonly kind: 'invalid' | 'required';
  /** Invalid: the template, or nested part of it, that cannot be read. Required: the variable. */
  readonly subject: string;
  /** What the author wrote after `?`, substituted. */
  readonly reason: string;
  readonly start: number;
  readonly end: number;
}

/** A variable that was needed but is not set, and has no default. */
export interface UnsetVariable {
  readonly name: string;
  readonly start: number;
  readonly end: number;
}

export interface Substitution {
  readonly text: string;
  readonly faults: readonly SubstitutionFault[];
  readonly unset: readonly UnsetVariable[];
}

/**
 * Greedy up to the last `}` of the line: the real end is found by counting braces afterwards, and
 * what lies behind it is a template of its own.
 */
const expression = /\$(?:(\$)|([_a-z][_a-z0-9]*)|\{(?:([_a-z][_a-z0-9]*(?::?[-+?][^\n]*)?)\})?)/gi;

/**
 * Replaces `$NAME` and `${NAME…}` in `template` as the Compose specification does: `-` `:-` `+`
 * `:+` `?` `:?`, nested and lazily evaluated, `$$` for a dollar. All faults are collected; a faulty
 * expression gives empty text.
 */
export function substitute(template: string, lookup: Lookup): Substitution {
  if (!template.includes('$')) return { text: template, faults: [], unset: [] };
  const faults: SubstitutionFault[] = [];
  const unset: UnsetVariable[] = [];
  const text = expand(template, 0, { lookup, faults, unset });
  return { text, faults, unset };
}

interface Run {
  readonly lookup: Lookup;
  readonly faults: SubstitutionFault[];
  readonly unset: UnsetVariable[];
}

/** `base` is where `template` starts in the whole template. */
function expand(template: string, base: number, run: Run): string {
  let text = '';
  let done = 0;
  for (const found of template.matchAll(expression)) {
    const [match, dollar, name, braced] = found;
    const start = base + found.index;
    const end = start + match.length;
    text += template.slice(done, found.index);
    done = found.index + match.length;
    if (dollar !== undefined) text += '$';
    else if (name !== undefined) text += valueOf(name, { start, end }, run);
    else if (braced !== undefined) text += expandBraced(match, start, run);
    else run.faults.push({ kind: 'invalid', subject: template, reason: '', start, end });
  }
  return text + template.slice(done);
}

function valueOf(name: string, place: { start: number; end: number }, run: Run): string {
  const value = run.lookup(name);
  if (value === undefined) run.unset.push({ name, ...place });
  return value ?? '';
}

function expandBraced(match: string, start: number, run: Run): string {
  const close = closingBrace(match);
  const end = close < 0 ? match.length : close + 1;
  const inside = match.slice(2, end - 1);
  const { name, operator, operand } = splitExpression(inside);
  const place = { start, end: start + end };
  const rest = (): string => expand(match.slice(end), start + end, run);
  if (operator === '') return valueOf(name, place, run) + rest();
  const operandStart = start + 2 + name.length + operator.length;
  const value = run.lookup(name);
  const present = value !== undefined && !(operator.startsWith(':') && value === '');
  if (operator.endsWith('?') && !present) {
    const reason = expand(operand, operandStart, run);
    run.faults.push({ kind: 'required', subject: name, reason, ...place });
    return rest();
  }
  const takesOperand = operator.endsWith('+') ? present : !present;
  const chosen = operator.endsWith('?') || !takesOperand ? (value ?? '') : undefined;
  return (chosen ?? expand(operand, operandStart, run)) + rest();
}

/** The parts of what stands between `${` and `}`; the operator may be empty. */
export function splitExpression(inside: string): {
  readonly name: string;
  readonly operator: string;
  readonly operand: string;
} {
  const [name = ''] = /^[_a-z][_a-z0-9]*/i.exec(inside) ?? [];
  const [operator = ''] = /^:?[-+?]/.exec(inside.slice(name.length)) ?? [];
  return { name, operator, operand: inside.slice(name.length + operator.length) };
}

/**
 * Offset of the brace that closes the first one, or -1. The character right after an opening brace
 * is never counted, as in the reference.
 */
export function closingBrace(text: string): number {
  let open = 0;
  for (let at = 0; at < text.length; at += 1) {
    if (text[at] === '}') {
      open -= 1;
      if (open === 0) return at;
    } else if (text[at] === '{') {
      open += 1;
      at += 1;
    }
  }
  return -1;
}

/**
 * Every top-level expression of a template: the text inside the braces, or the bare name. What
 * stands behind an expression with braces comes before it.
 */
export function expressionsOf(template: string): string[] {
  const found: string[] = [];
  for (const [match, dollar, name, braced] of template.matchAll(expression)) {
    if (dollar !== undefined) continue;
    if (name !== undefined) found.push(name);
    if (braced === undefined) continue;
    const close = closingBrace(match);
    if (close >= 0) found.push(...expressionsOf(match.slice(close + 1)));
    found.push(close < 0 ? braced : match.slice(2, close));
  }
  return found;
}
