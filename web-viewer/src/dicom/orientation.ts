/** The letters at the edges of an image: where left, right, front, back, head and feet are (PS3.3 C.7.6.1.1.1). */

type Vector = readonly [number, number, number];

export interface EdgeLetters {
  readonly top: string;
  readonly bottom: string;
  readonly left: string;
  readonly right: string;
}

/** Main direction of a vector in patient space (x to the left, y to the back, z to the head), with a second letter when oblique. */
export function directionLetters(vector: Vector): string {
  return [
    { size: Math.abs(vector[0]), letter: vector[0] < 0 ? 'R' : 'L' },
    { size: Math.abs(vector[1]), letter: vector[1] < 0 ? 'A' : 'P' },
    { size: Math.abs(vector[2]), letter: vector[2] < 0 ? 'F' : 'H' },
  ]
    .filter((part) => part.size > 0.25)
    .sort((a, b) => b.size - a.size)
    .slice(0, 2)
    .map((part) => part.letter)
    .join('');
}

/** `right` and `down` are the screen's directions in patient space, flips and rotation included. */
export function edgeLetters(right: Vector, down: Vector): EdgeLetters {
  const opposite = (v: Vector): Vector => [-v[0], -v[1], -v[2]];
  return {
    top: directionLetters(opposite(down)),
    bottom: directionLetters(down),
    left: directionLetters(opposite(right)),
    right: directionLetters(right),
  };
}
