const SPINNER = Array.from('⠋⠙⠹⠸⠼⠴⠦⠧⠇⠏');
const LEVELS = Array.from('⠀⡀⣀⣄⣤⣦⣶⣷⣿');

/** How often the spinner turns and the live area is drawn, milliseconds. */
export const FRAME_TIME = 100;

/** The spinner at a time in milliseconds. */
export function spinner(now: number): string {
  return SPINNER[Math.floor(now / FRAME_TIME) % SPINNER.length] ?? '';
}

/**
 * Parts of a whole side by side, each as full as it is done: `[⣿⣿⣀]`. Where there are more parts
 * than `cells`, neighbours share one.
 *
 * @param fractions 0 … 1 of each part
 */
export function bar(fractions: readonly number[], cells: number): string {
  const count = Math.min(fractions.length, Math.max(cells, 1));
  const levels = Array.from({ length: count }, (_, cell) => {
    const from = Math.floor((cell * fractions.length) / count);
    const to = Math.floor(((cell + 1) * fractions.length) / count);
    const parts = fractions.slice(from, to);
    const fraction = parts.reduce((sum, part) => sum + part, 0) / parts.length;
    return LEVELS[Math.floor(fraction * (LEVELS.length - 1))] ?? '';
  });
  return `[${levels.join('')}]`;
}
