/** Completion in the shells themselves: keys are typed, and what the shell made of them is run. */
import { chmodSync, cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { checkout } from '../support/debian.ts';
import { dockerHost } from '../support/test-engine.ts';
import { typeInto } from '../support/typing.ts';

const home = mkdtempSync(join(tmpdir(), 'tcompose-completion-'));
const env = {
  PATH: `${join(home, 'bin')}:${process.env['PATH']}`,
  HOME: home,
  LANG: 'C.UTF-8',
  DOCKER_HOST: dockerHost,
};

beforeAll(() => {
  cpSync(join(checkout, 'test/integration/scenarios/through-docker'), join(home, 'project'), {
    recursive: true,
  });
  mkdirSync(join(home, 'project', 'special-place'));
  mkdirSync(join(home, 'bin'));
  // Answers shells as tcompose does, and shows what it is run with instead of running it.
  const stand = join(home, 'bin', 'tcompose');
  const real = join(checkout, 'bin/tcompose');
  writeFileSync(
    stand,
    `#!/bin/sh\ncase $1 in __*|completion) exec ${real} "$@";; esac\necho "RAN:$*"\n`,
  );
  chmodSync(stand, 0o755);
  writeFileSync(
    join(home, 'bashrc'),
    'PS1="READY> "\nbind "set enable-bracketed-paste off"\nsource <(tcompose completion bash)\n',
  );
  writeFileSync(
    join(home, '.zshrc'),
    'PS1="READY> "\nautoload -U compinit\ncompinit -D\nsource <(tcompose completion zsh)\n',
  );
  mkdirSync(join(home, '.config/fish'), { recursive: true });
  writeFileSync(
    join(home, '.config/fish/config.fish'),
    'function fish_prompt; echo -n "READY> "; end\nfunction fish_greeting; end\ntcompose completion fish | source\n',
  );
});

afterAll(() => rmSync(home, { recursive: true, force: true }));

it.each<[string, string[]]>([
  ['bash', ['bash', '--noprofile', '--rcfile', join(home, 'bashrc'), '-i']],
  ['zsh', ['zsh', '-i']],
  ['fish', ['fish', '-i']],
])('%s completes commands, flags, their values, services, profiles and files', async (_, argv) => {
  const ran = await typeInto({ argv, env, cwd: join(home, 'project') }, [
    'tcompose unp\t',
    'tcompose up --remove-o\t',
    'tcompose up wo\t',
    'tcompose down --rmi lo\t',
    'tcompose --progress=pl\tps',
    'tcompose --profile ex\t up web',
    'tcompose -f compo\t ps',
    'tcompose --project-directory spec\t',
    'tcompose scale wo\t3',
    'tcompose up --scale wo\t2',
  ]);
  // zsh takes the slash away again when the line is run.
  expect(ran.map((line) => line.replace(/\/$/, ''))).toEqual([
    'unpause',
    'up --remove-orphans',
    'up worker',
    'down --rmi local',
    '--progress=plain ps',
    '--profile extra up web',
    '-f compose.yaml ps',
    '--project-directory special-place',
    'scale worker=3',
    'up --scale worker=2',
  ]);
});
