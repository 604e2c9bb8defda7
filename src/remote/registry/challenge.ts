/** How a registry wants requests to be authorised (WWW-Authenticate). */
export interface Challenge {
  readonly scheme: 'basic' | 'bearer';
  readonly parameters: Readonly<Record<string, string>>;
}

/** Reads the header; undefined where it has no scheme that we know. Several challenges: bearer wins. */
export function parseChallenge(header: string): Challenge | undefined {
  const challenges: { scheme: string; parameters: Record<string, string> }[] = [];
  const token = /([A-Za-z0-9!#$%&'*+.^_`|~-]+)(?:\s*=\s*(?:"((?:[^"\\]|\\.)*)"|([^\s,]*)))?/g;
  for (const [, word = '', quoted, plain] of header.matchAll(token)) {
    const value = quoted?.replaceAll(/\\(.)/g, '$1') ?? plain;
    if (value === undefined) challenges.push({ scheme: word.toLowerCase(), parameters: {} });
    else {
      const last = challenges.at(-1);
      if (last !== undefined) last.parameters[word.toLowerCase()] = value;
    }
  }
  for (const scheme of ['bearer', 'basic'] as const) {
    const found = challenges.find((challenge) => challenge.scheme === scheme);
    if (found !== undefined) return { scheme, parameters: found.parameters };
  }
  return undefined;
}
