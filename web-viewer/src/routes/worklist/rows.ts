/** Measures of the table that the style sheet and the scrolling share; pixels. */

export const rowHeight = 42;
export const headHeight = 34;
