import { describe, expect, it } from 'vitest';
import { WatchSwitch } from '../../../src/app/watch-switch.ts';
import type { Watching, WatchOutput } from '../../../src/app/watching.ts';

/** A watch that goes on until it is ended, or fails at once. */
function watching(journal: string[], name: string, fault?: string): Watching {
  const run = async (output: WatchOutput, signal: AbortSignal): Promise<void> => {
    if (fault !== undefined) throw new Error(fault);
    output.log(`${name} begins`);
    await new Promise((resolve) => {
      signal.addEventListener('abort', resolve, { once: true });
    });
    journal.push(`${name} ends`);
  };
  return { run } as Watching;
}

function setUp(fault?: string): {
  readonly control: WatchSwitch;
  readonly journal: string[];
  readonly over: AbortController;
} {
  const journal: string[] = [];
  const over = new AbortController();
  let opened = 0;
  const control = new WatchSwitch({
    open: () => {
      opened += 1;
      return Promise.resolve(watching(journal, `watch ${opened}`, fault));
    },
    output: {
      log: (text) => journal.push(text),
      print: () => undefined,
      onPlan: () => undefined,
    },
    onChange: () => journal.push(control.isOn ? 'on' : 'off'),
    onFault: (text) => journal.push(`fault: ${text}`),
    signal: over.signal,
  });
  return { control, journal, over };
}

describe('a watch', () => {
  it('can be switched on and off again and again, one at a time', async () => {
    const { control, journal, over } = setUp();
    control.start();
    control.start();
    await new Promise(setImmediate);
    control.stop();
    control.stop();
    control.start();
    await new Promise(setImmediate);
    expect(control.isOn).toBe(true);
    over.abort();
    await control.finished();
    expect(journal).toEqual([
      'on',
      'watch 1 begins',
      'Watch disabled',
      'off',
      'on',
      'watch 1 ends',
      'watch 2 begins',
      'watch 2 ends',
      'off',
    ]);
  });

  it('may have been opened before', async () => {
    const { control, journal, over } = setUp();
    control.start(watching(journal, 'early'));
    await new Promise(setImmediate);
    over.abort();
    await control.finished();
    expect(journal).toEqual(['on', 'early begins', 'early ends', 'off']);
  });

  it('that cannot begin is off again, and says why', async () => {
    const { control, journal } = setUp('no more watches');
    control.start();
    await control.finished();
    expect(journal).toEqual(['on', 'fault: no more watches', 'off']);
  });

  it('does not begin when all is over', async () => {
    const { control, journal, over } = setUp();
    over.abort();
    control.start();
    await control.finished();
    expect(journal).toEqual([]);
  });
});
