import { formatPlainList, type PlainList } from '../output/plain-list.ts';
import { CommandFailure } from './failure.ts';

/** The list as `--format` wants it. @throws CommandFailure for formats that there are not */
export function formatPlain(list: PlainList, format: string): string {
  const text = formatPlainList(list, format);
  if (text !== undefined) return text;
  throw new CommandFailure(
    `format value ${JSON.stringify(format)} could not be parsed: parsing failed`,
    'use table or json',
  );
}
