/** Every dialect of docker-machine 0.16.2: `env` as its own black-box suite pins it, and as the program printed it. */
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
});
