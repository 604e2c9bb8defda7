import type { ProgressEvent } from '../engine/event.ts';
import type { Reporter } from './reporter.ts';

/**
 * One line per thing that happens, for pipes and logs: ` Container p-web-1 Started `, with the
 * blanks that scripts of Compose search for. Byte counters are left out.
 */
export function plainReporter(write: (text: string) => void): Reporter {
  const last = new Map<string, string>();
  return {
    report: (event) => {
      const line = plainLine(event);
      if (line === undefined) return;
      if (event.type !== 'message') {
        const { id } = event.progress;
        if (last.get(id) === line) return;
        last.set(id, line);
      }
      write(`${line}\n`);
    },
    close: () => {},
  };
}

function plainLine(event: ProgressEvent): string | undefined {
  if (event.type === 'message') {
    return event.level === 'warning' ? `warning: ${event.text}` : event.text;
  }
  const { id, parentId, text, details } = event.progress;
  // Layers of an image would drown everything else.
  if (parentId !== undefined) return undefined;
  return ` ${id} ${text} ${details ?? ''}`;
}
