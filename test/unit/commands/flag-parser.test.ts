import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { FlagDefinition } from '../../../src/commands/definition.ts';
import { parseFlags } from '../../../src/commands/flag-parser.ts';
import { UsageError } from '../../../src/commands/usage-error.ts';

const definitions: readonly FlagDefinition[] = [
  { name: 'detach', short: 'd', type: 'bool', summary: '' },
  { name: 'renew-anon-volumes', short: 'V', type: 'bool', summary: '' },
  { name: 'orphans', type: 'bool', default: 'true', summary: '' },
  { name: 'timeout', short: 't', type: 'int', default: '0', summary: '' },
  { name: 'scale', type: 'list', summary: '' },
  { name: 'pull', type: 'string', default: 'policy', summary: '' },
  {
    name: 'volumes',
    short: 'v',
    type: 'bool',
    aliases: ['volume'],
    aliasWarning: '--volume is deprecated, please use --volumes',
    summary: '',
  },
  { name: 'memory', short: 'm', type: 'bytes', summary: '' },
  { name: 'filter', type: 'filter', summary: '' },
];

const parse = (argv: readonly string[], interspersed = true) =>
  parseFlags(argv, definitions, { interspersed });

describe('flags in the dialect of pflag', () => {
  it.each<[string, string[], (parsed: ReturnType<typeof parse>) => unknown, unknown]>([
    ['a switch', ['--detach'], ({ flags }) => flags.bool('detach'), true],
    ['a switch turned off', ['--detach=false'], ({ flags }) => flags.bool('detach'), false],
    ['a switch that is on by default', [], ({ flags }) => flags.bool('orphans'), true],
    ['a short switch turned off', ['-d=false'], ({ flags }) => flags.bool('detach'), false],
    ['letters together', ['-dV'], ({ flags }) => flags.bool('renew-anon-volumes'), true],
    ['a value in the next word', ['--timeout', '5'], ({ flags }) => flags.int('timeout'), 5],
    ['a value behind an equals sign', ['--timeout=5'], ({ flags }) => flags.int('timeout'), 5],
    ['a value glued to its letter', ['-t5'], ({ flags }) => flags.int('timeout'), 5],
    ['letters with a value last', ['-dt', '7'], ({ flags }) => flags.int('timeout'), 7],
    ['a value that looks like a flag', ['--pull', '-x'], ({ flags }) => flags.string('pull'), '-x'],
    ['a hexadecimal number', ['-t', '0x10'], ({ flags }) => flags.int('timeout'), 16],
    ['an octal number', ['-t', '017'], ({ flags }) => flags.int('timeout'), 15],
    ['a number with underscores', ['-t', '1_000'], ({ flags }) => flags.int('timeout'), 1000],
    ['a number with an underscore after 0', ['-t', '0_7'], ({ flags }) => flags.int('timeout'), 7],
    ['bytes', ['--memory', '1k'], ({ flags }) => flags.int('memory'), 1024],
    ['a filter', ['--filter', 'a=b'], ({ flags }) => flags.list('filter'), ['a=b']],
    ['a negative number', ['-t', '-1'], ({ flags }) => flags.int('timeout'), -1],
    ['the last of two values', ['-t1', '-t2'], ({ flags }) => flags.int('timeout'), 2],
    [
      'a list',
      ['--scale', 'a=1', '--scale=b=2'],
      ({ flags }) => flags.list('scale'),
      ['a=1', 'b=2'],
    ],
    ['another spelling', ['--volume'], ({ flags }) => flags.bool('volumes'), true],
    ['a default', [], ({ flags }) => flags.string('pull'), 'policy'],
    ['that a flag was given', ['--timeout=0'], ({ flags }) => flags.changed('timeout'), true],
    ['that a flag was not given', [], ({ flags }) => flags.changed('timeout'), false],
    ['words between flags', ['web', '-d', 'db'], ({ words }) => words, ['web', 'db']],
    ['words behind --', ['--', '-d', '--x'], ({ words }) => words, ['-d', '--x']],
    ['a lone dash as a word', ['-'], ({ words }) => words, ['-']],
  ])('reads %s', (_name, argv, read, expected) => {
    expect(read(parse(argv))).toEqual(expected);
  });

  it('ends at the first word when flags must come first', () => {
    const { flags, words } = parse(['-d', 'web', '--timeout', '5'], false);
    expect(words).toEqual(['web', '--timeout', '5']);
    expect(flags.changed('timeout')).toBe(false);
  });

  it.each([
    [['--detch'], 'unknown flag: --detch'],
    [['-x'], "unknown shorthand flag: 'x' in -x"],
    [['-dx'], "unknown shorthand flag: 'x' in -x"],
    [['--timeout'], 'flag needs an argument: --timeout'],
    [['-t'], "flag needs an argument: 't' in -t"],
    [
      ['-t', 'soon'],
      'invalid argument "soon" for "-t, --timeout" flag: strconv.ParseInt: parsing "soon": invalid syntax',
    ],
    [
      ['--orphans=maybe'],
      'invalid argument "maybe" for "--orphans" flag: strconv.ParseBool: parsing "maybe": invalid syntax',
    ],
    [
      ['-t', '99999999999999999999'],
      'invalid argument "99999999999999999999" for "-t, --timeout" flag: strconv.ParseInt: parsing "99999999999999999999": value out of range',
    ],
    [
      ['-t', '1__0'],
      'invalid argument "1__0" for "-t, --timeout" flag: strconv.ParseInt: parsing "1__0": invalid syntax',
    ],
    [['-m', '1q'], 'invalid argument "1q" for "-m, --memory" flag: invalid suffix: \'q\''],
    [
      ['--filter', 'x'],
      'invalid argument "x" for "--filter" flag: bad format of filter (expected name=value)',
    ],
    [['--=x'], 'bad flag syntax: --=x'],
  ])('refuses %j', (argv, message) => {
    expect(() => parse(argv)).toThrow(message);
  });

  it('says that a spelling should no longer be used', () => {
    expect(parse(['--volume', '--volume']).warnings).toEqual([
      '--volume is deprecated, please use --volumes',
    ]);
    expect(parse(['--volumes']).warnings).toEqual([]);
  });

  it.each([
    ['--detch', '--detach'],
    ['--time', '--timeout'],
    ['--detached', '--detach'],
  ])('knows what was meant by %s', (typed, meant) => {
    expect(() => parse([typed])).toThrow(
      expect.objectContaining({ hint: `did you mean ${meant}?` }) as UsageError,
    );
  });

  it('either parses or refuses with a usage error, whatever it is given', () => {
    fc.assert(
      fc.property(fc.array(fc.string()), (argv) => {
        try {
          parse(argv);
        } catch (error) {
          expect(error).toBeInstanceOf(UsageError);
        }
      }),
    );
  });

  it('keeps every word behind -- as it is', () => {
    fc.assert(
      fc.property(fc.array(fc.string()), (rest) => {
        expect(parse(['--', ...rest]).words).toEqual(rest);
      }),
    );
  });
});
