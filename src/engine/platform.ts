/** `linux/arm/v7` in parts; parts that were left out are empty. */
export interface Platform {
  readonly os: string;
  readonly architecture: string;
  readonly variant: string;
}

const ARCHITECTURES: Readonly<Record<string, readonly [string, string]>> = {
  x86_64: ['amd64', ''],
  'x86-64': ['amd64', ''],
  aarch64: ['arm64', ''],
  armhf: ['arm', 'v7'],
  armel: ['arm', 'v6'],
  i386: ['386', ''],
  i686: ['386', ''],
};

const OPERATING_SYSTEMS = new Set(['linux', 'windows', 'darwin', 'freebsd']);

/** Reads `os[/arch[/variant]]` or `arch[/variant]` and brings aliases to their common form. */
export function parsePlatform(text: string): Platform {
  const parts = text.toLowerCase().split('/');
  const [first = ''] = parts;
  const os = OPERATING_SYSTEMS.has(first) ? first : 'linux';
  const [rawArchitecture = '', rawVariant = ''] = OPERATING_SYSTEMS.has(first)
    ? parts.slice(1)
    : parts;
  const [architecture, impliedVariant] = ARCHITECTURES[rawArchitecture] ?? [rawArchitecture, ''];
  const variant = rawVariant === '' ? impliedVariant : rawVariant;
  return { os, architecture, variant: normaliseVariant(architecture, variant) };
}

/** v8 is what arm64 is, v7 what 32-bit arm is without saying more. */
function normaliseVariant(architecture: string, variant: string): string {
  if (architecture === 'arm64' && (variant === 'v8' || variant === '8')) return '';
  if (architecture === 'arm' && variant === '') return 'v7';
  if (architecture === 'amd64' && variant === 'v1') return '';
  return /^\d+$/.test(variant) ? `v${variant}` : variant;
}

/** True when an image of platform `offered` is what `wanted` asks for. */
export function matchesPlatform(wanted: Platform, offered: Platform): boolean {
  return (
    wanted.os === offered.os &&
    (wanted.architecture === '' || wanted.architecture === offered.architecture) &&
    wanted.variant === offered.variant
  );
}
