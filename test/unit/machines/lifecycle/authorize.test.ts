import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { authorizeKey } from '../../../../src/machines/lifecycle/authorize.ts';
import {
  changeAuthorizedKeys,
  listAuthorizedKeys,
} from '../../../../src/machines/lifecycle/authorized-keys.ts';
import { createMachine } from '../../../../src/machines/lifecycle/create.ts';
import { generateKey } from '../../../../src/machines/lifecycle/openssh-key.ts';
import { MachineError } from '../../../../src/machines/machine-error.ts';
import type { MachineContext } from '../../../../src/machines/machine-context.ts';
import { machineRequest, testFolders } from '../../../support/lifecycle-bench.ts';
import { testContext } from '../../../support/machine-context.ts';

const own = generateKey('tcompose-web').publicKey;
const ada = generateKey('ada@laptop').publicKey;
const eve = generateKey('eve').publicKey;
const add = (key: string) => ({ do: 'add' as const, key });
const remove = (key: string) => ({ do: 'remove' as const, key });

describe('a file of authorized keys', () => {
  it.each<readonly [string, string, ReturnType<typeof add> | ReturnType<typeof remove>, string]>([
    ['gets a first key', '', add(ada), `${ada}\n`],
    ['gets another key', `${own}\n`, add(ada), `${own}\n${ada}\n`],
    ['gets a line break that was missing', own, add(ada), `${own}\n${ada}\n`],
    ['stays when it has the key', `${own}\n${ada}\n`, add(ada), `${own}\n${ada}\n`],
    [
      'stays when it has the key with options',
      `${own}\nno-pty ${ada}\n`,
      add(ada),
      `${own}\nno-pty ${ada}\n`,
    ],
    ['loses a key', `${own}\n${ada}\n`, remove(ada), `${own}\n`],
    ['loses a key by its comment', `${own}\n${ada}\n`, remove('ada@laptop'), `${own}\n`],
    ['loses a key with options', `${own}\nfrom="10.0.0.1" ${ada}\n`, remove(ada), `${own}\n`],
    ['stays when a key is gone already', `${own}\n`, remove(ada), `${own}\n`],
    [
      'keeps comments and what it does not know',
      `# team\n${own}\n\nodd\n${ada}\n`,
      remove(ada),
      `# team\n${own}\n\nodd\n`,
    ],
  ])('%s', (_title, before, change, after) => {
    const text = changeAuthorizedKeys(before, change, own);
    expect(text).toBe(after);
    expect(changeAuthorizedKeys(text, change.do === 'add' ? change : remove(ada), own)).toBe(after);
  });

  it.each<readonly [string, string, ReturnType<typeof add> | ReturnType<typeof remove>, string]>([
    ['what is no key', '', add('hello'), 'that is no public SSH key'],
    ['a private key', '', add('-----BEGIN OPENSSH PRIVATE KEY-----'), 'that is a private key'],
    ['a key with options', '', add(`no-pty ${ada}`), 'must not have options'],
    ['our own key', `${own}\n${ada}\n`, remove(own), 'with which tcompose itself gets in'],
    ['the only key', `${ada}\n`, remove(ada), 'the only key that is let in'],
    ['an unknown comment', `${own}\n`, remove('bob'), 'no key has the comment "bob"'],
    [
      'a comment of two keys',
      `${own}\n${eve}\n${generateKey('eve').publicKey}\n`,
      remove('eve'),
      '2 keys have the comment',
    ],
  ])('refuses %s', (_title, before, change, message) => {
    expect(() => changeAuthorizedKeys(before, change, own)).toThrow(message);
  });

  it('always lets us in, whatever is added and removed', () => {
    const change = fc.oneof(
      fc.constantFrom(own, ada, eve).map(add),
      fc.constantFrom(own, ada, eve, 'eve', 'ada@laptop', 'tcompose-web').map(remove),
    );
    fc.assert(
      fc.property(fc.array(change), (changes) => {
        let text = `${own}\n`;
        for (const each of changes) {
          try {
            text = changeAuthorizedKeys(text, each, own);
          } catch (error) {
            expect(error).toBeInstanceOf(MachineError);
          }
        }
        const blobs = listAuthorizedKeys(text).map(({ blob }) => blob);
        expect(blobs).toContain(own.split(' ')[1]);
        expect(new Set(blobs).size).toBe(blobs.length);
      }),
    );
  });
});

const { base } = testFolders();

async function make(context: MachineContext): Promise<string> {
  await createMachine(context, machineRequest({ settings: {} }));
  const options = { create: false, timeout: 0, signal: context.signal };
  const key = await context.store.withMachine('web', options, (one) =>
    one.readFile('id_ed25519.pub'),
  );
  return key ?? '';
}

describe('authorizing a colleague', () => {
  const file = '.ssh/authorized_keys';

  it('adds, lists and removes a key on the host', async () => {
    const files = new Map<string, string>();
    const context = testContext({ folder: join(base, 'a'), files });
    files.set(file, await make(context));
    expect(await authorizeKey(context, 'web', add(ada))).toMatchObject({ changed: true });
    expect(await authorizeKey(context, 'web', add(ada))).toMatchObject({ changed: false });
    const { keys } = await authorizeKey(context, 'web');
    expect(keys.map(({ comment }) => comment)).toEqual(['tcompose-web', 'ada@laptop']);
    await authorizeKey(context, 'web', remove('ada@laptop'));
    expect(files.get(file)).not.toContain('ada');
    const [tcompose] = (await authorizeKey(context, 'web')).keys;
    await expect(authorizeKey(context, 'web', remove(tcompose?.blob ?? ''))).rejects.toThrow();
    await expect(
      authorizeKey(context, 'web', remove(`${tcompose?.type} ${tcompose?.blob}`)),
    ).rejects.toThrow('with which tcompose itself gets in');
  });

  it('puts the file back when the host does not let us in any more', async () => {
    const files = new Map<string, string>();
    let locked = false;
    const connect = (): Promise<void> =>
      locked ? Promise.reject(new MachineError('auth', 'denied')) : Promise.resolve();
    const context = testContext({ folder: join(base, 'b'), files, connect });
    const before = await make(context);
    files.set(file, before);
    locked = true;
    await expect(authorizeKey(context, 'web', add(ada))).rejects.toThrow(
      'web did not let tcompose in after the change, which was taken back: denied',
    );
    expect(files.get(file)).toBe(before);
  });
});
