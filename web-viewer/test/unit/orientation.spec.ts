import { describe, expect, it } from 'vitest';
import { directionLetters, edgeLetters } from '../../src/dicom/orientation';

describe('edge letters', () => {
  it('puts the patient left on the right of an axial image', () => {
    expect(edgeLetters([1, 0, 0], [0, 1, 0])).toEqual({ left: 'R', right: 'L', top: 'A', bottom: 'P' });
  });

  it('puts the head on top of a coronal image', () => {
    expect(edgeLetters([1, 0, 0], [0, 0, -1])).toEqual({ left: 'R', right: 'L', top: 'H', bottom: 'F' });
  });

  it('names the main direction first when oblique', () => {
    expect(directionLetters([0.9, -0.43, 0])).toBe('LA');
    expect(directionLetters([0.99, 0.1, 0])).toBe('L');
  });
});
