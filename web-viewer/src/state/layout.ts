/** How many viewports a page has, as the address tells it: `2x3` is two rows of three. */
export interface Layout {
  readonly rows: number;
  readonly columns: number;
}

export const single: Layout = { rows: 1, columns: 1 };

/** What the menu offers. */
export const layouts: readonly Layout[] = [
  single,
  { rows: 1, columns: 2 },
  { rows: 2, columns: 1 },
  { rows: 1, columns: 3 },
  { rows: 2, columns: 2 },
  { rows: 2, columns: 3 },
  { rows: 3, columns: 3 },
];

export function layoutName({ rows, columns }: Layout): string {
  return `${rows}x${columns}`;
}

/** One viewport where the text is no layout of at most four by four. */
export function layoutNamed(text: string | null): Layout {
  const found = /^([1-4])x([1-4])$/.exec(text ?? '');
  return found ? { rows: Number(found[1]), columns: Number(found[2]) } : single;
}
