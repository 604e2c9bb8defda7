import { describe, expect, it } from 'vitest';
import { readContainerEvent, type ContainerEvent } from '../../../src/engine/container-events.ts';
import { eventJson, eventText } from '../../../src/output/event-line.ts';

const message = (more: object = {}) =>
  `{"Type":"container","Action":"start","time":1700000000,"timeNano":1700000000123456789,${JSON.stringify(
    {
      Actor: {
        ID: 'abc',
        Attributes: {
          name: 'p-web-1',
          image: 'a<b>&c',
          'com.docker.compose.service': 'web',
          'com.docker.compose.project': 'p',
        },
      },
      ...more,
    },
  ).slice(1)}`;

const event = (line = message()): ContainerEvent => {
  const read = readContainerEvent(line);
  if (read === undefined) throw new Error('no event');
  return read;
};
const utc = () => 0;

describe('a message of the engine', () => {
  it('keeps all digits of its time', () => {
    expect(event()).toMatchObject({
      id: 'abc',
      service: 'web',
      action: 'start',
      time: 1_700_000_000_123_456_789n,
    });
  });

  it('has whole seconds when the engine tells no more', () => {
    const line = message().replace(/"timeNano":\d+,/, '');
    expect(event(line).time).toBe(1_700_000_000_000_000_000n);
  });

  it('about other things than containers is no event', () => {
    expect(readContainerEvent(message({ Type: 'network' }))).toBeUndefined();
  });

  it('may lack attributes', () => {
    expect(event(message({ Actor: { ID: 'x' } }))).toMatchObject({ service: '', attributes: {} });
  });
});

describe('an event', () => {
  it('as text has microseconds, attributes in order and a blank line behind it', () => {
    expect(eventText(event(), utc)).toBe(
      '2023-11-14 22:13:20.123456 container start abc (image=a<b>&c, name=p-web-1)\n\n',
    );
  });

  it('as JSON has nanoseconds and escapes what HTML would take for its own', () => {
    expect(eventJson(event(), utc)).toBe(
      '{"action":"start","attributes":{"image":"a\\u003cb\\u003e\\u0026c","name":"p-web-1"},"id":"abc","service":"web","time":"2023-11-14T22:13:20.123456789Z","type":"container"}\n',
    );
  });

  it.each([
    [0, 100_000_000n, '2023-11-14T22:13:20.1Z'],
    [0, 0n, '2023-11-14T22:13:20Z'],
    [330, 0n, '2023-11-15T03:43:20+05:30'],
    [-210, 1n, '2023-11-14T18:43:20.000000001-03:30'],
  ])('tells the local time at %i minutes from UTC', (minutes, nanoseconds, expected) => {
    const at = { ...event(), time: 1_700_000_000_000_000_000n + nanoseconds };
    expect(JSON.parse(eventJson(at, () => minutes))).toMatchObject({ time: expected });
  });
});
