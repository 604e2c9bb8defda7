import { printPort } from '../../app/port.ts';
import { globalOptions } from '../global-options.ts';
import type { Invocation } from '../invocation.ts';
import { UsageError } from '../usage-error.ts';

/** Reads the flags of `port` and runs it. */
export function run({ flags, args, global, session }: Invocation): Promise<number> {
  const [service = '', port = ''] = args;
  return printPort(session, globalOptions(global), {
    service,
    port: portNumber(port),
    protocol: flags.string('protocol').toLowerCase(),
    index: flags.int('index'),
  });
}

/** The words are those of Go's strconv, which scripts of Compose see. */
function portNumber(text: string): number {
  const quoted = JSON.stringify(text);
  const hint = 'a port is a number from 0 to 65535; the protocol goes into --protocol';
  if (!/^\d+$/.test(text)) {
    throw new UsageError(`strconv.ParseUint: parsing ${quoted}: invalid syntax`, hint);
  }
  const port = Number(text);
  if (port <= 65_535) return port;
  throw new UsageError(`strconv.ParseUint: parsing ${quoted}: value out of range`, hint);
}
