import { expect, it } from 'vitest';
import { createSshContext } from '../../../../src/machines/ssh/ssh-context.ts';

it('questions are asked one at a time, and the same one once', async () => {
  const asked: string[] = [];
  let open = 0;
  const ask = async (question: string): Promise<string> => {
    open += 1;
    asked.push(`${question} ${open}`);
    await new Promise(setImmediate);
    open -= 1;
    if (question === 'c?') throw new Error('interrupted');
    return 'answer';
  };
  const context = createSshContext({
    env: {},
    askSecret: ask,
    confirm: async (question) => (await ask(question)) === 'answer',
  });
  const outcomes = await Promise.allSettled([
    context.confirm?.('a?'),
    context.askSecret?.('b?'),
    context.askSecret?.('c?'),
    context.confirm?.('a?'),
    context.askSecret?.('b?'),
  ]);
  expect(asked).toEqual(['a? 1', 'b? 1', 'c? 1', 'b? 1']);
  expect(outcomes.map(({ status }) => status)).toEqual([
    'fulfilled',
    'fulfilled',
    'rejected',
    'fulfilled',
    'fulfilled',
  ]);
});
