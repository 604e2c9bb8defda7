import type { ProgressEvent } from '../engine/event.ts';
import type { Reporter } from './reporter.ts';

const STATUS = { working: 'Working', done: 'Done', warning: 'Warning', error: 'Error' } as const;

/** One JSON object per line, with the field names of Compose; fields without a value are left out. */
export function jsonReporter(
  write: (text: string) => void,
  options: { readonly dryRun: boolean },
): Reporter {
  return {
    report: (event) => {
      write(
        `${JSON.stringify({ ...(options.dryRun ? { 'dry-run': true } : {}), ...fields(event) })}\n`,
      );
    },
    close: () => {},
  };
}

function fields(event: ProgressEvent): Record<string, unknown> {
  if (event.type === 'message') return { level: event.level, msg: event.text };
  const { id, parentId, status, text, details, current, total, percent } = event.progress;
  return {
    id,
    ...(parentId === undefined ? {} : { parent_id: parentId }),
    status: STATUS[status],
    text,
    ...(details === undefined || details === '' ? {} : { details }),
    ...(current === undefined ? {} : { current }),
    ...(total === undefined ? {} : { total }),
    ...(percent === undefined ? {} : { percent }),
  };
}
