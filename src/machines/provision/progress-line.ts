const SHOWN: readonly RegExp[] = [
  /^(?:Get|Hit|Ign):\d+ \S+ (.+?)(?: \[[^\]]*\])?$/,
  /^(Setting up .+?)(?: \([^)]*\))?(?: \.\.\.)?$/,
  /^(Unpacking .+?)(?: \([^)]*\).*)?(?: \.\.\.)?$/,
  /^(Preparing to unpack .+?)(?: \.\.\.)?$/,
  /^(Waiting for cache lock.*)$/,
  /^(Processing triggers for .+?)(?: \([^)]*\))?(?: \.\.\.)?$/,
  /^(Fetched .+)$/,
  /^ +((?:Installing|Upgrading|Downgrading|Running scriptlet|Verifying) *: \S+)/,
  /^(Waiting for process .*)$/,
  /^(Downloading Packages.*)$/,
  /^(cloud-init: .+)$/,
  // apt goes on without lists that it could not fetch; what is missing then would not tell why.
  /^[WE]: (Failed to fetch .+)$/,
];

/** What a line of a package manager says to people, shortened; undefined: nothing. */
export function progressLine(line: string): string | undefined {
  for (const pattern of SHOWN) {
    const text = pattern.exec(line)?.[1];
    if (text === undefined) continue;
    const short = text.replace(/\s+/g, ' ');
    const file = /^Preparing to unpack \S*?([^/\s]+?)_[^/\s]*$/.exec(short)?.[1];
    if (file !== undefined) return `Preparing ${file}`;
    const fetched = /^(?:Get|Hit|Ign):/.test(line);
    return fetched ? `Fetching ${packageName(short)}` : short;
  }
  return undefined;
}

/** `bookworm/main amd64 docker.io amd64 20.10` → `docker.io`; of a list its suite is all there is. */
function packageName(text: string): string {
  const words = text.split(' ');
  return words.length >= 5 ? (words[2] ?? text) : words.join(' ');
}
