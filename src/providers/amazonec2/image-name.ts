/** Words for images of distributions that --amazonec2-ami takes besides ids. */
export interface ImageName {
  readonly distribution: 'debian' | 'ubuntu';
  /** Absent: the newest; of Ubuntu, the newest with long support. */
  readonly version?: string;
}

/** Undefined for what is no such word, such as an id. */
export function parseImageName(text: string): ImageName | undefined {
  const [, distribution, version] = /^(debian|ubuntu)(?:-(\d+(?:\.\d+)?))?$/.exec(text) ?? [];
  if (distribution === undefined) return undefined;
  return {
    distribution: distribution === 'debian' ? 'debian' : 'ubuntu',
    ...(version === undefined ? {} : { version }),
  };
}

/** True for a word that means an image of Debian. */
export function isDebian(text: string): boolean {
  return parseImageName(text)?.distribution === 'debian';
}
