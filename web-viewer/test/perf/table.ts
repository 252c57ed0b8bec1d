/** Figures of several rounds as Markdown. */

/** The middle of the figures. */
export function median(figures: readonly number[]): number {
  const sorted = figures.toSorted((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 ? (sorted[middle] ?? Number.NaN) : ((sorted[middle - 1] ?? Number.NaN) + (sorted[middle] ?? Number.NaN)) / 2;
}

/** `median (lowest–highest)`, with so many digits behind the point. */
export function spread(figures: readonly number[], digits: number): string {
  const shown = (figure: number): string => figure.toFixed(digits);
  return `${shown(median(figures))} (${shown(Math.min(...figures))}–${shown(Math.max(...figures))})`;
}

export function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;
  return [line(head), line(head.map((_, at) => (at === 0 ? '---' : '--:'))), ...rows.map(line)].join('\n');
}

/** What is to be at most `aim`. */
export function atMost(measured: number, aim: number): string {
  return measured <= aim ? 'reached' : 'missed';
}
