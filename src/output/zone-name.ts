/** The sizes in the head of a part of a zone file. */
interface Counts {
  readonly leaps: number;
  readonly transitions: number;
  readonly types: number;
  readonly letters: number;
  readonly flags: number;
}

const HEAD = 44;

/**
 * What a zone is called at a moment: `CET`, `CEST`, `+05`. JavaScript knows offsets but not these names;
 * they stand in the zone's file (RFC 9636).
 *
 * @param file a zone's file, as of /usr/share/zoneinfo
 * @param offset minutes by which its clocks are ahead of UTC at the moment
 * @returns undefined when the file says nothing about it
 */
export function zoneName(
  file: Uint8Array,
  { seconds, offset }: { readonly seconds: number; readonly offset: number },
): string | undefined {
  const view = new DataView(file.buffer, file.byteOffset, file.byteLength);
  if (file.byteLength < HEAD || view.getUint32(0) !== 0x54_5a_69_66) return undefined;
  const hasSecondPart = view.getUint8(4) !== 0;
  const start = hasSecondPart ? HEAD + sizeOf(countsAt(view, 0), 4) : 0;
  if (start + HEAD > file.byteLength) return undefined;
  const width = hasSecondPart ? 8 : 4;
  const end = start + HEAD + sizeOf(countsAt(view, start), width);
  if (end > file.byteLength) return undefined;
  const listed = lastListed(view, { start, width, seconds });
  if (listed?.offset === offset) return listed.name;
  const rule = hasSecondPart ? new TextDecoder().decode(file.subarray(end)) : '';
  return nameInRule(rule, offset);
}

function countsAt(view: DataView, start: number): Counts {
  const at = (place: number): number => view.getUint32(start + place);
  return {
    flags: at(20) + at(24),
    leaps: at(28),
    transitions: at(32),
    types: at(36),
    letters: at(40),
  };
}

function sizeOf({ flags, leaps, transitions, types, letters }: Counts, width: number): number {
  return transitions * (width + 1) + types * 6 + letters + leaps * (width + 4) + flags;
}

/** What holds since the last change that the file lists before a moment. */
function lastListed(
  view: DataView,
  { start, width, seconds }: { start: number; width: 4 | 8; seconds: number },
): { readonly offset: number; readonly name: string } | undefined {
  const { transitions, types, letters } = countsAt(view, start);
  const times = start + HEAD;
  const timeOf = (index: number): number => {
    const at = times + index * width;
    return width === 8 ? Number(view.getBigInt64(at)) : view.getInt32(at);
  };
  const numbers = times + transitions * width;
  let last = -1;
  while (last + 1 < transitions && timeOf(last + 1) <= seconds) last += 1;
  const type = last < 0 ? 0 : view.getUint8(numbers + last);
  if (type >= types) return undefined;
  const record = numbers + transitions + type * 6;
  const names = numbers + transitions + types * 6;
  const text = new TextDecoder().decode(
    new Uint8Array(view.buffer, view.byteOffset + names, letters),
  );
  const [name = ''] = text.slice(view.getUint8(record + 5)).split('\0');
  return { offset: view.getInt32(record) / 60, name };
}

const RULE =
  /^\n(?<standard><[^>]+>|[A-Za-z]+)(?<behind>[+-]?\d+(?::\d+)*)(?<summer><[^>]+>|[A-Za-z]+)?/;

/** The name in the rule at the end of a file, as in `CET-1CEST,M3.5.0,M10.5.0/3`: hours are those behind UTC. */
function nameInRule(rule: string, offset: number): string | undefined {
  const { standard, behind = '', summer } = RULE.exec(rule)?.groups ?? {};
  const [hours = '0', minutes = '0'] = behind.split(':');
  const size = Math.abs(Number(hours)) * 60 + Number(minutes);
  const name = offset === (behind.startsWith('-') ? size : -size) ? standard : summer;
  return name?.replaceAll(/[<>]/g, '');
}
