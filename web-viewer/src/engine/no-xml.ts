/** Stands in for xmlbuilder2, which dcmjs imports and this viewer never calls (see vite.config.ts). */
export function create(): never {
  throw new Error('XML output is not part of the viewer');
}
