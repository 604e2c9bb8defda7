import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { goDuration } from '../../../../src/output/machine/go-duration.ts';
import { applyJsonTemplate } from '../../../../src/output/machine/json-template.ts';
import { naturalOrder } from '../../../../src/output/machine/natural-order.ts';
import { plainMachineLine } from '../../../../src/output/machine/plain-line.ts';

describe('names in natural order', () => {
  it('count numbers and pass over capitals', () => {
    const names = ['web10', 'Web2', 'web1', 'db', 'web', 'web02'];
    expect(names.toSorted(naturalOrder)).toEqual(['db', 'web', 'web1', 'web02', 'Web2', 'web10']);
  });

  it('have one order, however they came', () => {
    const name = fc.stringMatching(/^[a-cA-C0-2.-]{1,6}$/);
    fc.assert(
      fc.property(fc.uniqueArray(name, { maxLength: 8 }), (names) => {
        const sorted = names.toSorted(naturalOrder);
        expect(names.toReversed().toSorted(naturalOrder)).toEqual(sorted);
      }),
    );
  });
});

describe('spans of time', () => {
  it.each([
    [0, '0s'],
    [12, '12ms'],
    [1000, '1s'],
    [1500, '1.5s'],
    [60_500, '1m0.5s'],
    [3_661_000, '1h1m1s'],
  ])('%d ms are %s', (milliseconds, text) => {
    expect(goDuration(milliseconds)).toBe(text);
  });
});

describe('templates over JSON', () => {
  const value = { Driver: { IPAddress: '10.0.0.1', Port: 22, None: null }, Labels: ['a=1', 'b=2'] };

  it.each([
    ['{{.Driver.IPAddress}}:{{.Driver.Port}}', '10.0.0.1:22'],
    ['{{.Driver.Missing}}', '<no value>'],
    ['{{.Driver.None}}', '<no value>'],
    ['{{json .Labels}}', '["a=1","b=2"]'],
    ['{{json .Driver}}', '{"IPAddress":"10.0.0.1","None":null,"Port":22}'],
    ['{{range .Labels}}{{.}};{{end}}', 'a=1;b=2;'],
    ['{{prettyjson .Labels}}', '[\n    "a=1",\n    "b=2"\n]'],
  ])('%s gives %s', (template, text) => {
    expect(applyJsonTemplate(template, value)).toBe(text);
  });

  it('say what is wrong with a template', () => {
    expect(() => applyJsonTemplate('{{.Driver', value)).toThrow('template parsing error: ');
  });
});

describe('lines about machines', () => {
  it.each([
    [{ type: 'step', machine: 'web', text: 'Wait for SSH' } as const, '(web) Wait for SSH...'],
    [{ type: 'warning', machine: 'web', text: 'slow' } as const, '(web) warning: slow'],
    [{ type: 'step-done', machine: 'web', text: 'x', took: 3 } as const, undefined],
    [{ type: 'detail', machine: 'web', text: 'apt' } as const, undefined],
  ])('%j is %j', (event, line) => {
    expect(plainMachineLine(event, { details: false })).toBe(line);
  });

  it('tell also details when asked to', () => {
    const event = { type: 'detail', machine: 'web', text: 'apt' } as const;
    expect(plainMachineLine(event, { details: true })).toBe('(web)   apt');
  });
});
