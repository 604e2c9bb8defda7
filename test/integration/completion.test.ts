/** Completion in the shells themselves: keys are typed, and what the shell made of them is run. */
import {
  chmodSync,
  cpSync,
  mkdirSync,
  mkdtempSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { succeed } from '../support/command.ts';
import { checkout } from '../support/debian.ts';
import { dockerHost } from '../support/test-engine.ts';
import { typeInto } from '../support/typing.ts';

const home = mkdtempSync(join(tmpdir(), 'tcompose-completion-'));
const env = {
  PATH: `${join(home, 'bin')}:${process.env['PATH']}`,
  HOME: home,
  LANG: 'C.UTF-8',
  DOCKER_HOST: dockerHost,
  TCOMPOSE_HOME: join(home, 'store'),
  MACHINE_STORAGE_PATH: join(home, 'store'),
  FOLDER_PATH: join(home, 'cloud'),
  FOLDER_TOKEN: 'token',
};

beforeAll(async () => {
  cpSync(join(checkout, 'test/integration/scenarios/through-docker'), join(home, 'project'), {
    recursive: true,
  });
  mkdirSync(join(home, 'project', 'special-place'));
  mkdirSync(join(home, 'bin'));
  mkdirSync(join(home, 'real'));
  mkdirSync(join(home, 'cloud'));
  for (const name of ['tcompose', 'docker-machine']) {
    // Answers shells as tcompose does, and shows what it is run with instead of running it.
    const stand = join(home, 'bin', name);
    const real = join(home, 'real', name);
    symlinkSync(join(checkout, 'bin/tcompose'), real);
    writeFileSync(
      stand,
      `#!/bin/sh\ncase $1 in __*|completion) exec ${real} "$@";; esac\necho "RAN:$*"\n`,
    );
    chmodSync(stand, 0o755);
  }
  const provider = 'examples/provider/tcompose-provider-folder';
  symlinkSync(join(checkout, provider), join(home, 'bin/tcompose-provider-folder'));
  for (const name of ['web-one', 'db']) {
    const create = ['machine', 'create', '-d', 'none', '--url', 'tcp://127.0.0.1:1', name];
    await succeed(join(home, 'real/tcompose'), create, { cwd: home, env });
  }
  writeFileSync(
    join(home, 'bashrc'),
    'PS1="READY> "\nbind "set enable-bracketed-paste off"\nsource <(tcompose completion bash)\nsource <(docker-machine completion bash)\n',
  );
  writeFileSync(
    join(home, '.zshrc'),
    'PS1="READY> "\nautoload -U compinit\ncompinit -D\nsource <(tcompose completion zsh)\nsource <(docker-machine completion zsh)\n',
  );
  mkdirSync(join(home, '.config/fish'), { recursive: true });
  writeFileSync(
    join(home, '.config/fish/config.fish'),
    'function fish_prompt; echo -n "READY> "; end\nfunction fish_greeting; end\ntcompose completion fish | source\ndocker-machine completion fish | source\n',
  );
});

afterAll(() => rmSync(home, { recursive: true, force: true }));

const shells: [string, string[]][] = [
  ['bash', ['bash', '--noprofile', '--rcfile', join(home, 'bashrc'), '-i']],
  ['zsh', ['zsh', '-i']],
  ['fish', ['fish', '-i']],
];

it.each(shells)(
  '%s completes commands, flags, their values, services, profiles and files',
  async (_, argv) => {
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
  },
);

it.each(shells)(
  '%s completes machines, drivers, their flags and what accounts offer',
  async (_, argv) => {
    const ran = await typeInto({ argv, env, cwd: join(home, 'project') }, [
      'tcompose machine insp\tw\t',
      'tcompose --machine w\tps',
      'tcompose machine rm -y w\td\t',
      'tcompose machine scp comp\t w\t/tmp',
      'tcompose machine create -d fol\t--folder-si\tlar\tbig',
      'tcompose machine ls --filter dri\tnone',
      'docker-machine ssh w\tuptime',
      'docker-machine create --driver fol\t--folder-si\tlar\tbig',
      'docker-machine env --shell fi\tw\t',
    ]);
    expect(ran).toEqual([
      'machine inspect web-one',
      '--machine web-one ps',
      'machine rm -y web-one db',
      'machine scp compose.yaml web-one:/tmp',
      'machine create -d folder --folder-size large big',
      'machine ls --filter driver=none',
      'ssh web-one uptime',
      'create --driver folder --folder-size large big',
      'env --shell fish web-one',
    ]);
  },
);
