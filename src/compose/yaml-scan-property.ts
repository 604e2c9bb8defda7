import {
  char,
  isBlank,
  isBlankOrEnd,
  isBreakOrEnd,
  isDigit,
  isFlowIndicator,
  isWord,
} from './yaml-characters.ts';
import { YamlFault } from './yaml-token.ts';
import type { TokenType } from './yaml-token.ts';

interface Property {
  readonly end: number;
  readonly text: string;
  readonly suffix: string;
}

/** The name after `&` or `*`. */
export function scanAnchor(text: string, start: number, kind: 'anchor' | 'alias'): Property {
  let end = start + 1;
  for (let code = text.charCodeAt(end); isAnchorCharacter(code); code = text.charCodeAt(end)) {
    end += 1;
  }
  const isClosed = isBlankOrEnd(text.charCodeAt(end)) || ':,]}'.includes(text.charAt(end));
  if (end === start + 1 || !isClosed) {
    const context = { text: `while scanning an ${kind}`, start };
    throw new YamlFault('did not find expected alphabetic or numeric character', end, context);
  }
  return { end, text: text.slice(start + 1, end), suffix: '' };
}

function isAnchorCharacter(code: number): boolean {
  return code > 0x20 && code <= 0x7e && code !== char.colon && !isFlowIndicator(code);
}

/** A tag as handle and suffix: `!!str` is `!!` and `str`, `!reset` is `!` and `reset`. */
export function scanTag(text: string, start: number): Property {
  const context = { text: 'while scanning a tag', start };
  if (text.charCodeAt(start + 1) === char.less) {
    const uri = scanUri(text, start + 2, { start, isVerbatim: true });
    if (text.charCodeAt(uri.end) !== char.greater) {
      throw new YamlFault("did not find the expected '>'", uri.end, context);
    }
    return closedTag(text, { end: uri.end + 1, text: '', suffix: uri.text }, context);
  }
  let end = start + 1;
  while (isWord(text.charCodeAt(end))) end += 1;
  if (text.charCodeAt(end) === char.bang) {
    const uri = scanUri(text, end + 1, { start, isVerbatim: false });
    const found = { end: uri.end, text: text.slice(start, end + 1), suffix: uri.text };
    return closedTag(text, found, context);
  }
  const rest = scanUri(text, end, { start, isVerbatim: false, isOptional: true });
  const suffix = text.slice(start + 1, end) + rest.text;
  const found =
    suffix === '' ? { end: rest.end, text: '', suffix: '!' } : { end: rest.end, text: '!', suffix };
  return closedTag(text, found, context);
}

function closedTag(
  text: string,
  found: Property,
  context: { text: string; start: number },
): Property {
  if (isBlankOrEnd(text.charCodeAt(found.end))) return found;
  throw new YamlFault('did not find expected whitespace or line break', found.end, context);
}

function scanUri(
  text: string,
  from: number,
  how: { readonly start: number; readonly isVerbatim: boolean; readonly isOptional?: boolean },
): { readonly end: number; readonly text: string } {
  const allowed = how.isVerbatim ? /[\w;/?:@&=+$.!~*'()%,[\]{}-]*/y : /[\w;/?:@&=+$.!~*'()%-]*/y;
  allowed.lastIndex = from;
  const raw = allowed.exec(text)?.[0] ?? '';
  const end = from + raw.length;
  const context = { text: 'while parsing a tag', start: how.start };
  const next = text.charCodeAt(end);
  if (!how.isVerbatim && next > 0x20 && next <= 0x7e) {
    const problem = `found character '${text.charAt(end)}' that is not allowed in a YAML tag`;
    throw new YamlFault(problem, end, context);
  }
  if (raw === '' && how.isOptional !== true) {
    throw new YamlFault('did not find expected tag URI', end, context);
  }
  if (!raw.includes('%')) return { end, text: raw };
  try {
    return { end, text: decodeURIComponent(raw) };
  } catch {
    throw new YamlFault('did not find URI escaped octet', from, context);
  }
}

/** `%YAML 1.1` and `%TAG handle prefix`, to the end of their line. */
export function scanDirective(
  text: string,
  start: number,
): Property & { readonly type: TokenType } {
  const context = { text: 'while scanning a directive', start };
  let end = start + 1;
  while (isWord(text.charCodeAt(end))) end += 1;
  const name = text.slice(start + 1, end);
  if (name === '') throw new YamlFault('could not find expected directive name', end, context);
  if (!isBlankOrEnd(text.charCodeAt(end))) {
    throw new YamlFault('found unexpected non-alphabetical character', end, context);
  }
  if (name !== 'YAML' && name !== 'TAG') {
    throw new YamlFault('found unknown directive name', end, context);
  }
  const found =
    name === 'YAML' ? scanVersion(text, end, context) : scanTagDirective(text, end, context);
  end = found.end;
  while (isBlank(text.charCodeAt(end))) end += 1;
  if (text.charCodeAt(end) === char.hash) while (!isBreakOrEnd(text.charCodeAt(end))) end += 1;
  if (!isBreakOrEnd(text.charCodeAt(end))) {
    throw new YamlFault('did not find expected comment or line break', end, context);
  }
  return { ...found, type: name === 'YAML' ? 'version-directive' : 'tag-directive', end };
}

function scanVersion(
  text: string,
  from: number,
  context: { text: string; start: number },
): Property {
  const version = /[ \t]*(\d{1,2}\.\d{1,2})/y;
  version.lastIndex = from;
  const found = version.exec(text);
  if (found === null || isDigit(text.charCodeAt(version.lastIndex))) {
    throw new YamlFault('did not find expected version number', from, context);
  }
  return { end: version.lastIndex, text: found[1] ?? '', suffix: '' };
}

function scanTagDirective(
  text: string,
  from: number,
  context: { text: string; start: number },
): Property {
  const directive = /[ \t]*(!(?:[\w-]*!)?)[ \t]+([\w;/?:@&=+$.!~*'()%,[\]{}-]+)(?=\s|$)/y;
  directive.lastIndex = from;
  const found = directive.exec(text);
  if (found === null) {
    throw new YamlFault('did not find expected tag handle and prefix', from, context);
  }
  return { end: directive.lastIndex, text: found[1] ?? '', suffix: found[2] ?? '' };
}
