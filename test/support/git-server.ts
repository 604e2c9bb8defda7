/** A repository that git reaches on this machine's loopback, by git's own protocol. */
import { spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { succeed } from './command.ts';

export interface TestRepository extends AsyncDisposable {
  /** `git://127.0.0.1:PORT/repository.git` */
  readonly url: string;
  /** How many connections there were so far. */
  readonly connections: () => number;
  /** Makes a commit of exactly these files on `branch`, as its newest, and returns its name. */
  commit(branch: string, files: Readonly<Record<string, string>>): Promise<string>;
  git(...args: readonly string[]): Promise<string>;
}

const AUTHOR = {
  ...process.env,
  GIT_AUTHOR_NAME: 'test',
  GIT_AUTHOR_EMAIL: 'test@localhost',
  GIT_COMMITTER_NAME: 'test',
  GIT_COMMITTER_EMAIL: 'test@localhost',
  GIT_CONFIG_GLOBAL: '/dev/null',
};

/** An empty repository whose default branch is `main`, and a server for it. */
export async function serveRepository(): Promise<TestRepository> {
  const folder = mkdtempSync(join(tmpdir(), 'tcompose-git-'));
  const bare = join(folder, 'repository.git');
  const git = async (...args: readonly string[]): Promise<string> =>
    (await succeed('git', args, { cwd: bare, env: AUTHOR })).trim();
  mkdirSync(bare);
  await git('init', '--quiet', '--bare', '--initial-branch=main', '.');
  let connections = 0;
  const server = createServer((socket) => {
    connections += 1;
    const args = ['daemon', '--inetd', '--export-all', `--base-path=${folder}`];
    const daemon = spawn('git', args, { stdio: ['pipe', 'pipe', 'ignore'] });
    for (const stream of [socket, daemon.stdin]) stream.on('error', () => undefined);
    socket.pipe(daemon.stdin);
    daemon.stdout.pipe(socket);
    socket.on('close', () => daemon.kill());
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `git://127.0.0.1:${port}/repository.git`,
    connections: () => connections,
    git,
    commit: async (branch, files) => {
      const tree = mkdtempSync(join(folder, 'tree-'));
      for (const [name, text] of Object.entries(files)) {
        mkdirSync(dirname(join(tree, name)), { recursive: true });
        writeFileSync(join(tree, name), text);
      }
      const from = ['--work-tree', tree, '-c', 'core.bare=false'];
      await git(...from, 'add', '--all', '--force', '.');
      const written = await git('write-tree');
      const commit = await git('commit-tree', written, '-m', 'test');
      await git('update-ref', `refs/heads/${branch}`, commit);
      return commit;
    },
    [Symbol.asyncDispose]: async () => {
      await new Promise((resolve) => server.close(resolve));
      rmSync(folder, { recursive: true });
    },
  };
}
