import { describe, expect, test } from 'vitest';

import { interpolateTree } from '../../../src/compose/interpolate.ts';
import type { InterpolationOptions } from '../../../src/compose/interpolate.ts';
import { nodeAt, toPlain } from '../../../src/compose/node.ts';
import type { MapNode } from '../../../src/compose/node.ts';
import { listVariables } from '../../../src/compose/variables.ts';
import { parseYaml } from '../../../src/compose/yaml.ts';

const environment: Record<string, string> = { TAG: '1.2', PORT: '80', YES: 'yes', EMPTY: '' };

function tree(text: string): MapNode {
  const { documents, diagnostics } = parseYaml({ path: '/p/compose.yaml', text });
  const [document] = documents;
  if (diagnostics.length > 0 || document?.kind !== 'map') throw new Error('not a document');
  return document;
}

function run(text: string, options?: InterpolationOptions): ReturnType<typeof interpolateTree> {
  return interpolateTree(tree(text), (name) => environment[name], options);
}

/** Code, the text that is pointed at, and the message of every diagnostic. */
function findings(text: string, options?: InterpolationOptions): string[] {
  return run(text, options).diagnostics.map(({ code, span, message }) => {
    const shown = span?.file.text.slice(span.start, span.end) ?? '';
    return [code.replace('interpolation/', ''), shown, message].join(' | ');
  });
}

describe('values', () => {
  test('strings are replaced, keys and other scalars are not', () => {
    const { node, diagnostics } = run('x-$TAG: ["a:${TAG}", $TAG, 12, {k: "$$TAG"}]');
    expect(toPlain(node)).toEqual({ 'x-$TAG': ['a:1.2', '1.2', 12, { k: '$TAG' }] });
    expect(diagnostics).toEqual([]);
  });

  test('a result is a string, whatever it looks like', () => {
    expect(nodeAt(run('a: $PORT').node, ['a'])).toMatchObject({ type: 'str', value: '80' });
  });

  test('what nothing changes is shared with the tree before', () => {
    const before = tree('a: {b: [1, x]}\nc: $TAG');
    const { node } = interpolateTree(before, (name) => environment[name]);
    expect(nodeAt(node, ['a'])).toBe(nodeAt(before, ['a']));
    expect(nodeAt(before, ['c'])).toMatchObject({ value: '$TAG' });
  });
});

describe('casts', () => {
  test.each([
    ['services: {a: {cpu_count: "2"}}', ['services', 'a', 'cpu_count'], 'int', 2],
    ['services: {a: {cpus: "0.5"}}', ['services', 'a', 'cpus'], 'float', 0.5],
    ['services: {a: {cpus: "1_0e-1"}}', ['services', 'a', 'cpus'], 'float', 1],
    ['services: {a: {init: "TRUE"}}', ['services', 'a', 'init'], 'bool', true],
    [
      'services: {a: {ports: [{target: $PORT}]}}',
      ['services', 'a', 'ports', 0, 'target'],
      'int',
      80,
    ],
    ['services: {a: {ulimits: {nofile: "9"}}}', ['services', 'a', 'ulimits', 'nofile'], 'int', 9],
    [
      'services: {a: {ulimits: {n: {soft: "9"}}}}',
      ['services', 'a', 'ulimits', 'n', 'soft'],
      'int',
      9,
    ],
    ['networks: {n: {external: "false"}}', ['networks', 'n', 'external'], 'bool', false],
    [
      'services: {a: {pids_limit: "9007199254740993"}}',
      ['services', 'a', 'pids_limit'],
      'int',
      9007199254740993n,
    ],
    ['services: {a: {mem_limit: "5"}}', ['services', 'a', 'mem_limit'], 'str', '5'],
    ['services: {a: {ports: ["80"]}}', ['services', 'a', 'ports', 0], 'str', '80'],
  ])('%s', (text, path, type, value) => {
    const { node, diagnostics } = run(text);
    expect(nodeAt(node, path)).toMatchObject({ type, value });
    expect(diagnostics).toEqual([]);
  });

  test.each([
    [
      'services: {a: {ports: [{target: abc}]}}',
      'cast | abc | error while interpolating services.a.ports.[].target: failed to cast to expected type: strconv.Atoi: parsing "abc": invalid syntax',
    ],
    [
      'services: {a: {oom_score_adj: "9999999999999999999"}}',
      'cast | "9999999999999999999" | error while interpolating services.a.oom_score_adj: failed to cast to expected type: strconv.ParseInt: parsing "9999999999999999999": value out of range',
    ],
    [
      'services: {a: {cpus: "1e999"}}',
      'cast | "1e999" | error while interpolating services.a.cpus: failed to cast to expected type: strconv.ParseFloat: parsing "1e999": value out of range',
    ],
    [
      'services: {a: {tty: "${EMPTY}"}}',
      'cast | "${EMPTY}" | error while interpolating services.a.tty: failed to cast to expected type: invalid boolean: ',
    ],
    [
      'services: {a: {tty: $YES}}',
      'yaml-1.1-boolean | $YES | "yes" for boolean is not supported by YAML 1.2, please use `true`',
    ],
    [
      'services: {a: {tty: "Off"}}',
      'yaml-1.1-boolean | "Off" | "Off" for boolean is not supported by YAML 1.2, please use `false`',
    ],
  ])('%s', (text, finding) => {
    expect(findings(text)).toEqual([finding]);
  });
});

describe('diagnostics', () => {
  test('a variable that is not set is reported once, at its first use', () => {
    expect(findings('a: "x ${NO} $NO"\nb: [$NO, $NONE]')).toEqual([
      'unset | ${NO} | The "NO" variable is not set. Defaulting to a blank string.',
      'unset | $NONE | The "NONE" variable is not set. Defaulting to a blank string.',
    ]);
  });

  test('every fault is found, each with its own place and path', () => {
    const text = 'services:\n  a:\n    image: ${NEED?set it}:${ALSO:?}\n    command: ["${A!}"]';
    expect(findings(text)).toEqual([
      'required | ${NEED?set it} | error while interpolating services.a.image: required variable NEED is missing a value: set it',
      'required | ${ALSO:?} | error while interpolating services.a.image: required variable ALSO is missing a value',
      'invalid | ${ | invalid interpolation format for services.a.command.[].\nYou may need to escape any $ with another $.\n${A!}',
    ]);
    expect(run(text).diagnostics.map(({ path }) => path)).toEqual([
      'services.a.image',
      'services.a.image',
      'services.a.command[0]',
    ]);
  });

  test('the place is found in folded and quoted text, and the second of two equal ones too', () => {
    const text = 'a: >-\n  one\n  $$X ${X?}\nb: "\\t$$Y ${Y?}"';
    expect(findings(text).map((finding) => finding.split(' | ')[1])).toEqual(['${X?}', '${Y?}']);
    const [first] = run('a: $$X $X').diagnostics;
    expect(first?.span?.start).toBe('a: $$X '.length);
  });

  test('a name that is nearly known is suggested', () => {
    const { diagnostics } = run('a: $POTR ${TAGS?}', { knownNames: Object.keys(environment) });
    expect(diagnostics.map(({ hint }) => hint)).toEqual([
      'did you mean TAG?',
      'did you mean PORT?',
    ]);
  });
});

test('the variables of a document are listed by name, nested ones too', () => {
  const text =
    'services:\n  a:\n    image: ${B:-${A-x}} $$NO ${C?need}\n    x: ["${D+alt $E}", $F]';
  expect(
    listVariables(tree(text)).map(({ name, required, defaultValue, alternateValue }) =>
      [name, required ? 'required' : '', defaultValue, alternateValue].join('|'),
    ),
  ).toEqual(['A||x|', 'B||${A-x}|', 'C|required||', 'D|||alt $E', 'E|||', 'F|||']);
});
