import { describe, expect, it } from 'vitest';
import { progressMode } from '../../../src/app/progress.ts';

const session = (isTTY: boolean, env: Readonly<Record<string, string>> = {}) => ({
  env,
  stderr: { write: () => true, isTTY },
});

describe('how progress is shown', () => {
  it.each([
    ['a terminal', session(true), {}, 'tty'],
    ['a pipe', session(false), {}, 'plain'],
    ['a pipe, but ANSI wanted', session(false), { ansi: 'always' }, 'tty'],
    [
      'a pipe, but ANSI wanted by the environment',
      session(false, { COMPOSE_ANSI: 'always' }),
      {},
      'tty',
    ],
    ['a terminal, but no ANSI', session(true), { ansi: 'never' }, 'plain'],
    ['lines asked for', session(true), { progress: 'plain' }, 'plain'],
    [
      'lines asked for by the environment',
      session(true, { COMPOSE_PROGRESS: 'plain' }),
      {},
      'plain',
    ],
    [
      'the flag before the environment',
      session(true, { COMPOSE_PROGRESS: 'plain' }),
      { progress: 'json' },
      'json',
    ],
    ['empty words count as none', session(true, { COMPOSE_PROGRESS: '' }), { progress: '' }, 'tty'],
    ['nothing asked for', session(true), { progress: 'quiet' }, 'quiet'],
    ['none is quiet too', session(true), { progress: 'none' }, 'quiet'],
  ] as const)('%s', (_, on, global, expected) => {
    expect(progressMode(on, { progress: undefined, ansi: undefined, ...global })).toBe(expected);
  });

  it.each([
    [{ progress: 'plain', ansi: 'always' }, 'while ANSI support is forced'],
    [{ progress: 'tty', ansi: 'never' }, 'while ANSI support is disabled'],
    [{ progress: 'fancy', ansi: undefined }, 'unsupported --progress value "fancy"'],
  ])('refuses %j', (global, message) => {
    expect(() => progressMode(session(true), global)).toThrow(message);
  });
});
