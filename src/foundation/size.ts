const POWERS = ['', 'k', 'm', 'g', 't', 'p'];

export type ParsedSize =
  { readonly ok: true; readonly bytes: number } | { readonly ok: false; readonly fault: string };

/**
 * A number of bytes with an optional unit (`512m`, `1.5GiB`, `10 kb`); every unit is a power of
 * 1024. A negative number is possible only without a unit. Faults are worded as docker words them.
 */
export function parseSize(text: string): ParsedSize {
  if (/^[-+]?\d+$/.test(text)) return { ok: true, bytes: Number(text) };
  const digits = /^(.*[\d. ])([^\d. ]*)$/s.exec(text);
  if (digits === null) return invalid(`invalid size: '${text}'`);
  const [, written = '', suffix = ''] = digits;
  const number = written.endsWith(' ') ? written.slice(0, -1) : written;
  if (!/^[-+]?(\d+\.?\d*|\.\d+)(e[-+]?\d+)?$/i.test(number)) {
    return invalid(`strconv.ParseFloat: parsing ${JSON.stringify(number)}: invalid syntax`);
  }
  if (Number(number) < 0) return invalid(`invalid size: '${text}'`);
  const unit = /^(?:([kmgtp])(?:i?b)?|b)?$/i.exec(suffix);
  if (unit === null)
    return invalid(`invalid suffix: '${suffix.length > 3 ? suffix : suffix.toLowerCase()}'`);
  const power = POWERS.indexOf((unit[1] ?? '').toLowerCase());
  return { ok: true, bytes: Math.trunc(Number(number) * 1024 ** power) };
}

function invalid(fault: string): ParsedSize {
  return { ok: false, fault };
}
