import type { TextStream } from './session.ts';

/**
 * Whether to write colours: `--ansi` decides, then NO_COLOR (https://no-color.org), then whether the
 * stream is a terminal.
 */
export function usesColor(
  stream: TextStream,
  options: {
    readonly ansi: string | undefined;
    readonly env: Readonly<Record<string, string | undefined>>;
  },
): boolean {
  const ansi = options.ansi ?? options.env['COMPOSE_ANSI'];
  if (ansi === 'always') return true;
  if (ansi === 'never' || (options.env['NO_COLOR'] ?? '') !== '') return false;
  return stream.isTTY === true;
}
