/**
 * Compares names as people count: `web2` before `web10`, without regard to capitals, which only decide between
 * names that are the same otherwise.
 */
export function naturalOrder(left: string, right: string): number {
  const [a, b] = [parts(left.toLowerCase()), parts(right.toLowerCase())];
  for (let at = 0; at < Math.min(a.length, b.length); at += 1) {
    const order = compareParts(a[at] ?? '', b[at] ?? '');
    if (order !== 0) return order;
  }
  return a.length - b.length || (left < right ? -1 : left > right ? 1 : 0);
}

function parts(text: string): readonly string[] {
  return text.match(/\d+|\D+/g) ?? [];
}

function compareParts(a: string, b: string): number {
  const numbers = /^\d/.test(a) && /^\d/.test(b);
  if (numbers && BigInt(a) !== BigInt(b)) return BigInt(a) < BigInt(b) ? -1 : 1;
  return a < b ? -1 : a > b ? 1 : 0;
}
