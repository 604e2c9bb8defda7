import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { run, type Finished, type RunOptions } from '../support/command.ts';
import { checkout } from '../support/debian.ts';
import { serveRepository, type TestRepository } from '../support/git-server.ts';
import { referenceBinary } from '../support/reference.ts';

const files = {
  'compose.yaml': 'services: {web: {image: "web:${TAG:-none}", build: ./web, env_file: web.env}}',
  'web.env': 'FROM=repository',
  '.env': 'TAG=root',
  'sub/compose.yml':
    'name: sub\nservices: {db: {image: "db:${TAG:-none}", volumes: ["./data:/d"]}}',
  'sub/.env': 'TAG=sub',
  'sub/more.yaml':
    'include: [deep/in.yaml]\nservices: {a: {extends: {file: ../compose.yaml, service: web}}}',
  'sub/deep/in.yaml': 'services: {in: {image: in, volumes: ["./x:/x"]}}',
  'none/readme': 'nothing here',
};

let repository: TestRepository;
let compose: string;
let first: string;
let folder: string;

beforeAll(async () => {
  repository = await serveRepository();
  compose = await referenceBinary('docker-compose');
  first = await repository.commit('main', files);
  await repository.git('tag', '-a', '-m', 'one', 'v1', first);
});

afterAll(async () => {
  await repository[Symbol.asyncDispose]();
});

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'tcgit-'));
  mkdirSync(join(folder, 'here'));
});

afterEach(() => {
  rmSync(folder, { recursive: true });
});

type Tool = 'tcompose' | 'compose';

function runTool(
  tool: Tool,
  args: readonly string[],
  options: Pick<RunOptions, 'env' | 'signals'> = {},
): Promise<Finished> {
  const program = tool === 'compose' ? compose : join(checkout, 'bin/tcompose');
  return run(program, args, {
    ...options,
    cwd: join(folder, 'here'),
    env: {
      PATH: process.env['PATH'],
      HOME: folder,
      XDG_CACHE_HOME: join(folder, 'cache'),
      DOCKER_HOST: 'unix:///nowhere',
      ...options.env,
    },
  });
}

const copies = (): string[] => readdirSync(join(folder, 'cache/docker-compose'));

/** Compose 2.40 shows `create_host_path`, which Compose 5 leaves out. */
const rendering = (text: string): string =>
  text.replaceAll(/bind:\n +create_host_path: true/g, 'bind: {}');

describe('a project in a repository', () => {
  it.each([
    ['the default branch', ''],
    ['a branch', '#main'],
    ['a directory of a branch', '#main:sub'],
    ['a directory of the default branch', '#:sub'],
    ['a file', '#main:sub/more.yaml'],
    ['an annotated tag', '#v1:sub/deep/in.yaml'],
  ])('by %s is the one that Compose loads', async (_, suffix) => {
    const args = ['-f', `${repository.url}${suffix}`, 'config'];
    const theirs = await runTool('compose', args);
    rmSync(join(folder, 'cache'), { recursive: true });
    const ours = await runTool('tcompose', args);
    expect([theirs.code, ours.code, ours.stderr]).toEqual([0, 0, '']);
    expect(rendering(ours.stdout)).toBe(rendering(theirs.stdout));
  });

  it.each([
    ['include', 'include: ["URL#main:sub"]'],
    ['include of a file that includes', 'include: ["URL#main:sub/more.yaml"]'],
    ['extends', 'services: {app: {extends: {file: "URL#main:sub/deep/in.yaml", service: in}}}'],
  ])('is the one that Compose loads by %s', async (_, text) => {
    const file = join(folder, 'here/compose.yaml');
    writeFileSync(file, text.replace('URL', repository.url));
    const theirs = await runTool('compose', ['config']);
    const ours = await runTool('tcompose', ['config']);
    expect([theirs.code, ours.code, ours.stderr]).toEqual([0, 0, '']);
    expect(rendering(ours.stdout)).toBe(rendering(theirs.stdout));
  });

  it('by a branch is not taken for another one whose name ends alike', async () => {
    await repository.commit('plain', { 'compose.yaml': 'services: {right: {image: x}}' });
    await repository.commit('a/plain', { 'compose.yaml': 'services: {wrong: {image: x}}' });
    const args = ['-f', `${repository.url}#plain`, 'config', '--services'];
    expect((await runTool('tcompose', args)).stdout).toBe('right\n');
  });

  it('by a commit that is here needs no network', async () => {
    const args = ['-f', `${repository.url}#${first}`, 'config'];
    expect((await runTool('tcompose', args)).code).toBe(0);
    const before = repository.connections();
    expect((await runTool('tcompose', args)).code).toBe(0);
    expect(repository.connections()).toBe(before);
  });

  it('is followed when its branch moves, and the copies stay', async () => {
    const args = ['-f', `${repository.url}#moving`, 'config', '--services'];
    await repository.commit('moving', { 'compose.yaml': 'services: {one: {image: x}}' });
    expect((await runTool('tcompose', args)).stdout).toBe('one\n');
    await repository.commit('moving', { 'compose.yaml': 'services: {two: {image: x}}' });
    expect((await runTool('tcompose', args)).stdout).toBe('two\n');
    expect(copies()).toHaveLength(2);
  });

  it('that an interrupted Compose left behind half is fetched again', async () => {
    mkdirSync(join(folder, 'cache/docker-compose', first, '.git'), { recursive: true });
    const head = join(folder, 'cache/docker-compose', first, '.git/HEAD');
    writeFileSync(head, 'ref: refs/heads/master\n');
    const args = ['-f', `${repository.url}#main`, 'config', '--services'];
    expect(await runTool('tcompose', args)).toMatchObject({ code: 0, stdout: 'web\n' });
    expect(copies()).toEqual([first]);
  });

  it('is read though a hook of git runs the command', async () => {
    const args = ['-f', repository.url, 'config', '--services'];
    const env = { GIT_DIR: join(folder, 'other/.git'), GIT_WORK_TREE: join(folder, 'other') };
    expect(await runTool('tcompose', args, { env })).toMatchObject({ code: 0, stdout: 'web\n' });
    expect(readdirSync(folder).toSorted()).toEqual(['cache', 'here']);
  });

  it('is told as the source of its values', async () => {
    const url = `${repository.url}#main:sub`;
    const { stdout } = await runTool('tcompose', ['-f', url, 'config', '--explain', 'services.db']);
    expect(stdout).toContain(`    from ${url}\n`);
  });
});

describe('a repository that cannot be used', () => {
  const failing = (suffix: string, env: RunOptions['env'] = {}): Promise<Finished> =>
    runTool('tcompose', ['-f', `${repository.url}${suffix}`, 'config'], { env });

  it.each([
    ['#nowhere', 'repository does not contain ref URL#nowhere, output: "": exit status 2'],
    ['#:../up', 'git subdirectory path traversal detected: ../up'],
    ['#:/etc', 'git subdirectory must be relative, got: /etc'],
    [`#${'0'.repeat(40)}`, 'failed to access repository at URL:'],
  ])('%s is refused in the words of Compose', async (suffix, message) => {
    const expected = message.replace('URL', repository.url);
    const ours = await failing(suffix);
    expect([ours.code, ours.stderr.split('\n')[0]]).toEqual([1, expected]);
    expect(readdirSync(folder)).not.toContain('other');
  });

  it('without a Compose file there names those that were looked for', async () => {
    const { code, stderr } = await failing('#:none');
    expect([code, stderr]).toEqual([1, expect.stringContaining('no Compose file in none of')]);
    expect(stderr).toContain('help: looked for compose.yaml, compose.yml');
  });

  it('with a link out of it is refused', async () => {
    const target = join(folder, 'secret.yaml');
    writeFileSync(target, 'services: {secret: {image: x}}');
    await linkOut(target);
    const { code, stderr } = await failing('#links:c.yaml');
    expect([code, stderr]).toEqual([1, expect.stringContaining('escapes base directory: c.yaml')]);
  });

  it('is not asked when that is switched off', async () => {
    const before = repository.connections();
    const off = await failing('', { COMPOSE_EXPERIMENTAL_GIT_REMOTE: '0' });
    const wrong = await failing('', { COMPOSE_EXPERIMENTAL_GIT_REMOTE: 'maybe' });
    expect([off.code, off.stderr.trim()]).toEqual([
      1,
      'git remote resource is disabled by "COMPOSE_EXPERIMENTAL_GIT_REMOTE"',
    ]);
    expect(wrong.stderr).toContain('strconv.ParseBool: parsing "maybe": invalid syntax');
    expect(repository.connections()).toBe(before);
  });

  it('because there is no git says so', async () => {
    const bin = join(folder, 'bin');
    mkdirSync(bin);
    const { code, stderr } = await run(
      process.execPath,
      [join(checkout, 'dist/main.cjs'), '-f', repository.url, 'config'],
      { cwd: join(folder, 'here'), env: { PATH: bin, HOME: folder } },
    );
    expect(code).toBe(1);
    expect(stderr).toContain('needs the program git\n  help: install git');
  });

  it('is told with the line that names it', async () => {
    const file = join(folder, 'here/compose.yaml');
    writeFileSync(file, `include:\n  - ${repository.url}#nowhere\n`);
    const { code, stderr } = await runTool('tcompose', ['config']);
    expect([code, stderr]).toEqual([1, expect.stringContaining('compose.yaml:2:5')]);
  });

  it('behind a login never asks, and its password is not printed', async () => {
    const server = createServer((_, response) => {
      response.writeHead(401, { 'WWW-Authenticate': 'Basic realm="git"' }).end();
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as AddressInfo;
    try {
      const anonymous = `http://127.0.0.1:${port}/private.git`;
      const asked = await runTool('tcompose', ['-f', anonymous, 'config']);
      expect(asked.code).toBe(1);
      expect(asked.stderr).toContain('GIT_TERMINAL_PROMPT=1');
      const login = `http://bob:hunter2@127.0.0.1:${port}/private.git`;
      const refused = await runTool('tcompose', ['-f', login, 'config']);
      expect(refused.stderr).toContain('failed to access repository at http://bob:***@127.0.0.1');
      expect(refused.stderr).not.toContain('hunter2');
    } finally {
      await new Promise((resolve) => server.close(resolve));
    }
  });

  it('because it never answers can be interrupted, and leaves nothing', async () => {
    let isAsked = (): void => undefined;
    const asked = new Promise<void>((resolve) => void (isAsked = resolve));
    const server = createServer(() => isAsked());
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as AddressInfo;
    try {
      const url = `http://127.0.0.1:${port}/silent.git#${'1'.repeat(40)}`;
      const program = join(checkout, 'bin/tcompose');
      const child = spawn(program, ['-f', url, 'config'], {
        cwd: join(folder, 'here'),
        env: { ...process.env, HOME: folder, XDG_CACHE_HOME: join(folder, 'cache') },
      });
      const ended = once(child, 'exit');
      await asked;
      child.kill('SIGINT');
      expect((await ended)[0]).toBe(130);
      expect(copies()).toEqual([]);
    } finally {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    }
  });
});

/** Commits `c.yaml`, a symbolic link to `target`, on the branch `links`. */
async function linkOut(target: string): Promise<void> {
  const tree = mkdtempSync(join(folder, 'link-'));
  symlinkSync(target, join(tree, 'c.yaml'));
  const from = ['--work-tree', tree, '-c', 'core.bare=false'];
  await repository.git(...from, 'add', '--all', '.');
  const written = await repository.git('write-tree');
  const commit = await repository.git('commit-tree', written, '-m', 'link');
  await repository.git('update-ref', 'refs/heads/links', commit);
}
