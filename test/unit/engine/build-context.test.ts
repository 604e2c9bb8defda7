import {
  chmodSync,
  linkSync,
  mkdirSync,
  mkdtempSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { extract } from 'tar-stream';
import type { Build } from '../../../src/compose/model.ts';
import { prepareContext } from '../../../src/engine/build/prepared-context.ts';
import { onlyBuild } from './builds.ts';

let root: string;

const FILES: Readonly<Record<string, string>> = {
  'app/Dockerfile': 'FROM base\n',
  'app/.dockerignore': '*.log\nnode_modules\n!node_modules/kept\nDockerfile\n',
  'app/a.log': 'x',
  'app/src/main': 'code',
  'app/node_modules/dropped': 'x',
  'app/node_modules/kept': 'x',
  'app/run': '#!/bin/sh\n',
  'app/special': 'FROM scratch\n',
  'app/special.dockerignore': 'src\n',
  'lower/dockerfile': 'FROM lower\n',
  'elsewhere/Dockerfile': 'FROM elsewhere\n',
};

beforeAll(() => {
  root = mkdtempSync(join(tmpdir(), 'tcompose-context-'));
  for (const [name, content] of Object.entries(FILES)) {
    mkdirSync(dirname(join(root, name)), { recursive: true });
    writeFileSync(join(root, name), content);
  }
  writeFileSync(join(root, 'app/large'), Buffer.alloc(3_000_000, 7));
  chmodSync(join(root, 'app/run'), 0o755);
  symlinkSync('src/main', join(root, 'app/link'));
  linkSync(join(root, 'app/run'), join(root, 'app/same'));
});

afterAll(() => rmSync(root, { recursive: true, force: true }));

interface Packed {
  readonly dockerfile: string;
  /** Path → content, target of a link or `directory`. */
  readonly files: Readonly<Record<string, string>>;
  readonly modes: Readonly<Record<string, number>>;
}

async function packed(build: Build, images: Record<string, string> = {}): Promise<Packed> {
  const context = await prepareContext(onlyBuild(build), images);
  if (context.archive === undefined) throw new Error('no archive');
  const files: Record<string, string> = {};
  const modes: Record<string, number> = {};
  const reading = extract();
  context.archive.pipe(reading);
  for await (const entry of reading) {
    const chunks: Uint8Array[] = [];
    for await (const chunk of entry) chunks.push(chunk as Uint8Array);
    const { name, type, linkname, mode } = entry.header;
    const content = Buffer.concat(chunks).toString();
    files[name] = type === 'file' ? content : type === 'directory' ? type : `${type} ${linkname}`;
    modes[name] = mode;
    expect([entry.header.uid, entry.header.gid]).toEqual([0, 0]);
  }
  return { dockerfile: context.dockerfile, files, modes };
}

describe('a build context', () => {
  it('has the files that are not ignored, and those the engine needs', async () => {
    const { files, modes, dockerfile } = await packed({ context: join(root, 'app') });
    expect(dockerfile).toBe('Dockerfile');
    expect(Object.keys(files).filter((name) => name !== 'large')).toEqual([
      '.dockerignore',
      'Dockerfile',
      'link',
      'node_modules/kept',
      'run',
      'same',
      'special',
      'special.dockerignore',
      'src',
      'src/main',
    ]);
    expect(files).toMatchObject({
      'src/main': 'code',
      link: 'symlink src/main',
      same: 'link run',
      src: 'directory',
    });
    expect(files.large).toHaveLength(3_000_000);
    expect(modes.run).toBe(0o755);
  });

  it('follows the ignore file of its Dockerfile first', async () => {
    const { files } = await packed({ context: join(root, 'app'), dockerfile: 'special' });
    expect(files).toHaveProperty(['a.log']);
    expect(files).not.toHaveProperty(['src/main']);
  });

  it('takes in a Dockerfile from elsewhere, and hides it from the build', async () => {
    const { files, dockerfile } = await packed({
      context: join(root, 'app'),
      dockerfile: '../elsewhere/Dockerfile',
    });
    expect(files[dockerfile]).toBe('FROM elsewhere\n');
    expect(files['.dockerignore']).toBe(`${FILES['app/.dockerignore']}\n${dockerfile}\n`);
  });

  it('takes in a Dockerfile from the Compose file', async () => {
    const build = { context: join(root, 'lower'), dockerfile_inline: 'FROM inline\n' };
    const { files, dockerfile } = await packed(build);
    expect(files).toEqual({
      [dockerfile]: 'FROM inline\n',
      '.dockerignore': `.dockerignore\n${dockerfile}\n`,
      dockerfile: 'FROM lower\n',
    });
  });

  it('finds a Dockerfile in small letters', async () => {
    expect((await packed({ context: join(root, 'lower') })).dockerfile).toBe('dockerfile');
  });

  it('gives the Dockerfile images for names of contexts', async () => {
    const { files, dockerfile } = await packed({ context: join(root, 'app') }, { base: 'p-base' });
    expect(files[dockerfile]).toBe('FROM p-base\n');
  });

  it('is left to the engine when it is remote', async () => {
    const build = onlyBuild({ context: 'https://host/repo.git#main', dockerfile: 'D' });
    expect(await prepareContext(build, {})).toMatchObject({
      remote: 'https://host/repo.git#main',
      dockerfile: 'D',
    });
  });

  it.each<[string, Build, string]>([
    [
      'context',
      { context: '/nowhere' },
      'service "web": unable to prepare context: path "/nowhere" not found',
    ],
    ['Dockerfile', { dockerfile: 'gone' }, 'service "web": failed to read dockerfile: open '],
  ])('says which %s is missing', async (_title, build, message) => {
    await expect(
      prepareContext(onlyBuild({ context: join(root, 'app'), ...build }), {}),
    ).rejects.toThrow(message);
  });
});
