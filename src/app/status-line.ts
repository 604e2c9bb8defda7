import type { Session } from './session.ts';
import { isTrue } from './true-words.ts';

/** Says that there is nothing to do: on standard error, unless COMPOSE_STATUS_STDOUT wants it on the output. */
export function statusLine({ env, stdout, stderr }: Session, text: string): void {
  (isTrue(env['COMPOSE_STATUS_STDOUT']) ? stdout : stderr).write(`${text}\n`);
}
