import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { lockProject, type LockOptions } from '../../../src/app/project-lock.ts';

const source = join(import.meta.dirname, '../../../src/app/project-lock.ts');
let count = 0;

/** A project that no other test knows. */
function someProject(): { engine: string; name: string } {
  count += 1;
  return { engine: `unix:///test-${process.pid}`, name: `p${count}` };
}

function options(changes: Partial<LockOptions> = {}): LockOptions {
  return {
    holder: { process: 1, user: 'ada', command: 'tcompose up', since: Date.now() },
    timeout: undefined,
    onWait: () => undefined,
    signal: new AbortController().signal,
    ...changes,
  };
}

describe('the project lock', () => {
  it('is given to one at a time', async () => {
    const project = someProject();
    const order: string[] = [];
    const first = await lockProject(project, options());
    let waited = '';
    const begun = Promise.withResolvers<void>();
    const second = lockProject(
      project,
      options({
        onWait: (holder) => {
          waited = holder;
          begun.resolve();
        },
      }),
    ).then((lock) => {
      order.push('second has it');
      return lock;
    });
    await begun.promise;
    order.push('first gives it back');
    first.release();
    (await second).release();
    expect(order).toEqual(['first gives it back', 'second has it']);
    expect(waited).toBe('"tcompose up" (process 1 of ada, for 0s)');
  });

  it('lets many take turns', async () => {
    const project = someProject();
    let inside = 0;
    let most = 0;
    const turns = Array.from({ length: 12 }, async () => {
      const lock = await lockProject(project, options());
      inside += 1;
      most = Math.max(most, inside);
      await new Promise(setImmediate);
      inside -= 1;
      lock.release();
    });
    await Promise.all(turns);
    expect(most).toBe(1);
  });

  it('is another one for another project, and for another engine', async () => {
    const project = someProject();
    const locks = [
      await lockProject(project, options({ timeout: 0 })),
      await lockProject({ ...project, name: 'other' }, options({ timeout: 0 })),
      await lockProject({ ...project, engine: 'tcp://other:2375' }, options({ timeout: 0 })),
    ];
    for (const lock of locks) lock.release();
  });

  it('is refused at once when nobody wants to wait', async () => {
    const project = someProject();
    const lock = await lockProject(project, options());
    await expect(lockProject(project, options({ timeout: 0 }))).rejects.toThrow(
      `project ${project.name} is being changed by "tcompose up" (process 1 of ada, for 0s)`,
    );
    lock.release();
  });

  it('is refused when the time is over', async () => {
    const project = someProject();
    const lock = await lockProject(project, options());
    await expect(lockProject(project, options({ timeout: 20 }))).rejects.toThrow(
      'is being changed by',
    );
    lock.release();
  });

  it('is no longer waited for after an interrupt', async () => {
    const project = someProject();
    const lock = await lockProject(project, options());
    const stop = new AbortController();
    const onWait = (): void => {
      stop.abort(new Error('enough'));
    };
    await expect(lockProject(project, options({ onWait, signal: stop.signal }))).rejects.toThrow(
      'enough',
    );
    lock.release();
  });

  it('is free when its holder was killed', async () => {
    const project = someProject();
    const script = `
      import { lockProject } from ${JSON.stringify(source)};
      const holder = { process: process.pid, user: 'eve', command: 'tcompose down', since: 0 };
      const signal = new AbortController().signal;
      await lockProject(${JSON.stringify(project)}, { holder, timeout: 0, onWait() {}, signal });
      setInterval(() => {}, 1000);
      console.log('held');
    `;
    const child = spawn(process.execPath, ['--input-type=module', '-e', script]);
    await once(child.stdout, 'data');
    const onWait = (): void => {
      child.kill('SIGKILL');
    };
    (await lockProject(project, options({ onWait }))).release();
    expect(child.killed).toBe(true);
  });
});
