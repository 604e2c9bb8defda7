import type { LogEvent } from '../engine/logs/log-event.ts';

/**
 * An event of containers as a line of JSON for programs; undefined for events that only matter to
 * those who print for people. The names of fields are those of `events --json` where they mean the same.
 */
export function logJson(event: LogEvent): string | undefined {
  switch (event.type) {
    case 'line': {
      const { source, stream, timestamp, line } = event;
      const time = timestamp === undefined ? {} : { time: timestamp };
      const { service, number, name, id } = source;
      return text({ ...time, service, number, container: name, id, stream, line });
    }
    case 'warning': {
      const { service, number, name, id } = event.source;
      return text({ service, number, container: name, id, warning: event.text });
    }
    case 'exited':
    case 'recreated':
    case 'sources':
    case 'created':
    case 'started':
    case 'health':
    case 'removed':
      return undefined;
  }
}

function text(value: object): string {
  return `${JSON.stringify(value)}\n`;
}
