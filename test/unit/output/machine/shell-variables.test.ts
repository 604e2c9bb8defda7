/** Every dialect of docker-machine 0.16.2: `env` as its own black-box suite pins it, and as the program printed it. */
import { execFileSync } from 'node:child_process';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { shellLines } from '../../../../src/output/machine/shell-variables.ts';

const set = [{ name: 'A', value: 'x y' }];
const unset = [{ name: 'A', value: undefined }];

const DIALECTS: readonly (readonly [string, string, string, string])[] = [
  ['bash', 'export A="x y"', 'unset A', '# eval $(docker-machine env g1)'],
  ['zsh', 'export A="x y"', 'unset A', '# eval $(docker-machine env g1)'],
  ['anything', 'export A="x y"', 'unset A', '# eval $(docker-machine env g1)'],
  ['fish', 'set -gx A "x y";', 'set -e A;', '# eval (docker-machine env g1)'],
  [
    'powershell',
    '$Env:A = "x y"',
    String.raw`Remove-Item Env:\\A`,
    '# & docker-machine env g1 | Invoke-Expression',
  ],
  ['cmd', 'SET A=x y', 'SET A=', `REM \t@FOR /f "tokens=*" %i IN ('docker-machine env g1') DO @%i`],
  ['tcsh', 'setenv A "x y";', 'unsetenv A;', ': eval `docker-machine env g1`'],
  [
    'emacs',
    '(setenv "A" "x y")',
    '(setenv "A" nil)',
    ';; (with-temp-buffer (shell-command "docker-machine env g1" (current-buffer)) (eval-buffer))',
  ],
];

describe('variables for a shell', () => {
  it.each(DIALECTS)(
    '%s sets and forgets them in its own words',
    (shell, setting, unsetting, hint) => {
      const commandLine = 'docker-machine env g1';
      const [comment = ''] = hint.split(' ');
      const ending = [`${comment} Run this command to configure your shell: `, hint, ''];
      expect(shellLines(set, { shell, commandLine }).split('\n')).toEqual([setting, ...ending]);
      expect(shellLines(unset, { shell, commandLine }).split('\n')).toEqual([unsetting, ...ending]);
    },
  );

  // Addresses and paths come from files of others as well (`machine import`), and shells evaluate what is printed.
  const strange = 'a"$(id)`id`$HOME\\n%PATH%\'!';

  it.each([
    ['bash', String.raw`export A="a\"\$(id)\`id\`\$HOME\\n%PATH%'!"`],
    ['fish', String.raw`set -gx A "a\"\$(id)` + '`id`' + String.raw`\$HOME\\n%PATH%'!";`],
    ['powershell', '$Env:A = "a`"`$(id)``id```$HOME\\n%PATH%\'!"'],
    ['emacs', String.raw`(setenv "A" "a\"$(id)` + '`id`' + String.raw`$HOME\\n%PATH%'!")`],
  ])('%s takes a value for what it is, whatever is in it', (shell, line) => {
    const value = strange;
    const [setting] = shellLines([{ name: 'A', value }], { shell, commandLine: 'x' }).split('\n');
    expect(setting).toBe(line);
  });

  it.each(['sh', 'bash'])('%s may evaluate them without quotes as well', (shell) => {
    const variables = [
      { name: 'A', value: undefined },
      { name: 'B', value: 'tcp://10.0.0.1' },
      { name: 'C', value: undefined },
      { name: 'D', value: 'x y' },
    ];
    const lines = shellLines(variables, { shell, commandLine: 'x' });
    const script = 'eval $(printf %s "$1"); echo "${A-none} $B ${C-none} $D ${unset-none}"';
    const env = { PATH: process.env['PATH'], A: 'a', C: 'c' };
    expect(execFileSync(shell, ['-c', script, shell, lines], { encoding: 'utf8', env })).toBe(
      'none tcp://10.0.0.1 none x y none\n',
    );
  });

  it('a POSIX shell that evaluates them has the same values', () => {
    const text = fc.string({
      unit: fc.constantFrom(...Array.from('ab $`"\'\\!()&;|<>*?~#=%{}[]\t')),
      maxLength: 12,
    });
    fc.assert(
      fc.property(fc.array(text, { minLength: 1, maxLength: 40 }), (values) => {
        const variables = values.map((value, index) => ({ name: `V${index}`, value }));
        const lines = shellLines(variables, { shell: 'sh', commandLine: 'x\nexit 1' });
        const shown = variables.map(({ name }) => `printf '%s\\n' "$${name}"`).join('\n');
        const out = execFileSync('sh', ['-c', 'eval "$1"; eval "$2"', 'sh', lines, shown], {
          encoding: 'utf8',
          env: {},
        });
        expect(out).toBe(values.map((value) => `${value}\n`).join(''));
      }),
      { numRuns: 25 },
    );
  });
});
