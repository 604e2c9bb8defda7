/** When an image is pulled, out of `pull_policy` or `--pull`. */
export type PullPolicy =
  | { readonly kind: 'always' | 'never' | 'missing' | 'build' }
  /** Pulled again once the local image is older; milliseconds. */
  | { readonly kind: 'refresh'; readonly interval: number; readonly name: string }
  | { readonly kind: 'invalid'; readonly reason: string };

const DAY = 24 * 60 * 60 * 1000;

const UNITS: Readonly<Record<string, number>> = {
  w: 7 * DAY,
  d: DAY,
  h: 60 * 60 * 1000,
  m: 60 * 1000,
  s: 1000,
  ms: 1,
  us: 1e-3,
  µs: 1e-3,
  ns: 1e-6,
};

/** Reads a policy; absent and unknown words mean "pull if missing", as in the reference. */
export function parsePullPolicy(text: string | undefined): PullPolicy {
  const word = text ?? '';
  switch (word) {
    case 'always':
      return { kind: 'always' };
    case 'never':
      return { kind: 'never' };
    case 'build':
      return { kind: 'build' };
    case 'daily':
      return { kind: 'refresh', interval: DAY, name: word };
    case 'weekly':
      return { kind: 'refresh', interval: 7 * DAY, name: word };
    default:
      return word.startsWith('every_')
        ? parseInterval(word, word.slice('every_'.length))
        : { kind: 'missing' };
  }
}

/** `1w2d3h4m5s`: units from large to small in any order, fractions allowed. */
function parseInterval(name: string, text: string): PullPolicy {
  const parts = [...text.matchAll(/(\d+(?:\.\d+)?)(ms|us|µs|ns|w|d|h|m|s)/g)];
  if (text === '' || parts.map(([part]) => part).join('') !== text) {
    return { kind: 'invalid', reason: `invalid interval ${JSON.stringify(text)} in pull_policy` };
  }
  const interval = parts.reduce(
    (sum, [, amount = '0', unit = '']) => sum + Number(amount) * (UNITS[unit] ?? 0),
    0,
  );
  return { kind: 'refresh', interval, name };
}
