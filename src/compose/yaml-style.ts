import { resolvePlain } from './yaml-scalar.ts';

/** How a text is written in YAML. */
export type ScalarStyle = 'plain' | 'single' | 'double' | 'literal';

/** Words that YAML 1.1 read as booleans. */
const oldBoolean = /^(?:y|yes|n|no|on|off|Y|Yes|YES|N|No|NO|On|ON|Off|OFF)$/;
/** `1:30` was a number in YAML 1.1. */
const base60 = /^[-+]?[0-9][0-9_]*(?::[0-5]?[0-9])+(?:\.[0-9_]*)?$/;
/** What go-yaml does not print as it is, and the separators that count as line breaks in YAML 1.1. */
export const special = /[^\t\n\x20-\x7e\xa0-\u2027\u202a-\ud7ff\ue000-\ufefe\uff00-\ufffd]/u;
/** Starts of a plain text that would mean something else. */
const indicator = /^(?:[#,[\]{}&*!|>'"%@`]|[-?:](?:[ \t]|$)|---|\.\.\.)|:(?:[ \t]|$)|[ \t]#/;

/** Most texts: nothing in them needs quotes, unless they are a word that means something else. */
const harmless = /^[A-Za-z_/][\w/.@+-]*$/;
const reserved = /^(?:true|false|null|yes|no|y|n|on|off)$/i;

/** The style that go-yaml v4 chooses for a text; keys cannot span lines. */
export function scalarStyle(text: string, position: 'key' | 'value'): ScalarStyle {
  if (harmless.test(text) && !(text.length <= 5 && reserved.test(text))) return 'plain';
  if (text.includes('\n')) {
    const block = position === 'value' && /\S/.test(text) && !blockRefused(text);
    return block ? 'literal' : 'double';
  }
  if (oldBoolean.test(text) || text === '<<' || base60.test(text)) return 'single';
  if (resolvePlain(text).type !== 'str') return 'double';
  if (special.test(text) || text.includes('\t')) return 'double';
  return /^ | $/.test(text) || indicator.test(text) ? 'single' : 'plain';
}

/** Block scalars can hold neither spaces at the end of a line nor special characters. */
function blockRefused(text: string): boolean {
  return text.endsWith(' ') || text.includes(' \n') || special.test(text);
}
