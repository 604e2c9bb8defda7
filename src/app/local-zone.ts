import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { offsetText, type TimeZone } from '../output/local-time.ts';
import { zoneName } from '../output/zone-name.ts';
import type { Session } from './session.ts';

/** Where systems keep the files of time zones. */
const FOLDERS = [
  '/usr/share/zoneinfo',
  '/usr/share/lib/zoneinfo',
  '/usr/lib/locale/TZ',
  '/etc/zoneinfo',
];

/** The time zone of this process: that of `TZ`, else that of the machine. */
export function localZone({ env }: Pick<Session, 'env'>): TimeZone {
  let file: Uint8Array | undefined | null = null;
  const offset = localOffset;
  return {
    offset,
    name: (milliseconds) => {
      const minutes = offset(milliseconds);
      if (file === null) file = zoneFile(env['TZ']);
      const named =
        file && zoneName(file, { seconds: Math.floor(milliseconds / 1000), offset: minutes });
      return named ?? (minutes === 0 ? 'UTC' : offsetText(minutes, ''));
    },
  };
}

/** Minutes by which local time is ahead of UTC. */
export function localOffset(milliseconds: number): number {
  return -new Date(milliseconds).getTimezoneOffset();
}

/** The file of the zone that a value of `TZ` names, found as Go finds it. */
function zoneFile(zone: string | undefined): Uint8Array | undefined {
  if (zone === undefined) return readZone('/etc/localtime');
  const name = zone.replace(/^:/, '');
  if (name === '' || name === 'UTC') return undefined;
  if (name.startsWith('/')) return readZone(name);
  for (const folder of FOLDERS) {
    const file = readZone(join(folder, name));
    if (file !== undefined) return file;
  }
  return undefined;
}

function readZone(path: string): Uint8Array | undefined {
  try {
    return readFileSync(path);
  } catch {
    return undefined;
  }
}
