import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { externalAccount } from '../../../src/providers/external/account.ts';
import { Conversation } from '../../../src/providers/external/conversation.ts';
import { externalNames } from '../../../src/providers/external/external.ts';
import { creation } from '../../support/provider-bench.ts';

const SECRET = 'sesame-open';
const PATIENCE = { patience: 20_000 };

describe('a conversation with a provider', () => {
  let folder: string;
  let open: Conversation[];
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'tcompose-conversation-'));
    open = [];
  });
  afterEach(() => {
    for (const conversation of open) conversation.close();
    rmSync(folder, { recursive: true });
  });

  /** A program that answers each line with the given Node code, which sees `id`, `method` and `say`. */
  const talk = (code: string, signal = new AbortController().signal): Conversation => {
    const path = join(folder, 'program');
    writeFileSync(
      path,
      `#!${process.execPath}
const say = (message) => process.stdout.write(JSON.stringify(message) + '\\n');
require('node:readline').createInterface({ input: process.stdin }).on('line', (line) => {
  const { id, method, ack } = JSON.parse(line);
  ${code}
});
`,
    );
    chmodSync(path, 0o755);
    const conversation = new Conversation({ name: 'x', path, env: {}, secrets: [SECRET], signal });
    open.push(conversation);
    return conversation;
  };

  it('shows no secret, wherever the provider writes it', async () => {
    const told: string[] = [];
    const account = externalAccount(
      talk(`
        say({ id, event: 'progress', text: 'logging in with ${SECRET}' });
        say({ id, event: 'made', resource: { kind: 'k', id: '1', title: 'of ${SECRET}' } });
        say({ id, error: { kind: 'denied', message: 'not ${SECRET}', hint: 'is ${SECRET} right?', code: '${SECRET}' } });`),
    );
    const request = creation('web', {});
    const failure = account.create({
      ...request,
      progress: (text) => told.push(text),
      journal: {
        ...request.journal,
        made: ({ title }) => {
          told.push(title);
          return Promise.resolve();
        },
      },
    });
    await expect(failure).rejects.toMatchObject({
      message: 'not ***',
      hint: 'is *** right?',
      code: '***',
    });
    expect(told).toEqual(['logging in with ***', 'of ***']);
  });

  it('a result counts once what was told before it is on disk, in the order in which it was told', async () => {
    const account = externalAccount(
      talk(`
        say({ id, event: 'intend', kind: 'instance', token: 't' });
        say({ id, event: 'made', resource: { kind: 'instance', id: '1' } });
        say({ id, result: { id: '1', name: 'web', state: 'Running' } });`),
    );
    const lines: string[] = [];
    const slowly = async (line: string): Promise<void> => {
      // More turns for the first line than for the second.
      for (let turn = 0; turn < 40 - 30 * lines.length; turn += 1) {
        await new Promise((resolve) => setImmediate(resolve));
      }
      lines.push(line);
    };
    const request = creation('web', {});
    const journal = {
      earlier: [],
      intend: (kind: string) => slowly(`intend ${kind}`),
      made: ({ kind }: { readonly kind: string }) => slowly(`made ${kind}`),
    };
    await account.create({ ...request, journal });
    expect(lines).toEqual(['intend instance', 'made instance']);
  });

  it('nobody waits for an answer of one that was closed', async () => {
    const conversation = talk(`say({ id, result: 1 });`);
    expect(await conversation.call('a', {}, PATIENCE)).toBe(1);
    conversation.close();
    await expect(conversation.call('b', {}, PATIENCE)).rejects.toThrow('closed');
    const silent = talk('');
    const waiting = silent.call('c', {}, PATIENCE);
    silent.close();
    await expect(waiting).rejects.toThrow('closed');
  });

  it.each([
    ['no JSON', `process.stdout.write('hello\\n');`, 'no JSON'],
    ['a list', `process.stdout.write('[1]\\n');`, 'the line is no object'],
    ['an answer to nobody', `say({ id: 99, result: 1 });`, 'that of no call'],
    ['an error without words', `say({ id, error: {} });`, 'error.message is no text'],
    ['an end', 'process.exit(3);', 'has ended with code 3'],
    ['a line without end', `process.stdout.write('x'.repeat(5e6));`, 'a line without end'],
    ['silence', '', 'has said nothing for 0.3 s (a)'],
  ])('%s is told as what it is', async (_title, code, words) => {
    const conversation = talk(code);
    const patience = code === '' ? 300 : 20_000;
    await expect(conversation.call('a', {}, { patience })).rejects.toThrow(words);
  });

  it('an interrupt ends a call, and every one after it', async () => {
    const interrupt = new AbortController();
    const conversation = talk('', interrupt.signal);
    const waiting = conversation.call('a', {}, PATIENCE);
    interrupt.abort(new Error('interrupted'));
    await expect(waiting).rejects.toThrow('interrupted');
    await expect(conversation.call('b', {}, PATIENCE)).rejects.toThrow('interrupted');
  });

  it('programs with names that no driver can have are not offered', () => {
    for (const name of ['mine', 'Yours', 'a b', '-x']) {
      writeFileSync(join(folder, `tcompose-provider-${name}`), '#!/bin/sh\n', { mode: 0o755 });
    }
    expect(externalNames({ env: { PATH: folder }, cwd: '/' })).toEqual(['mine']);
  });
});
