/** Two short touches of one finger at one place. */
import type { Attachment } from 'svelte/attachments';

/** Milliseconds that a touch lasts at most, and from the end of one to the end of the next. */
const longest = 450;
/** Screen pixels that they lie apart at most. */
const farthest = 30;

export function doubleTap(done: () => void): Attachment<HTMLElement> {
  return (element) => {
    let down: PointerEvent | undefined;
    let first: PointerEvent | undefined;

    const onDown = (event: PointerEvent): void => {
      // A second finger makes it another gesture.
      if (!event.isPrimary) first = undefined;
      down = event.pointerType === 'touch' && event.isPrimary ? event : undefined;
    };
    const onUp = (event: PointerEvent): void => {
      const isTap = down?.pointerId === event.pointerId && near(down, event);
      const isSecond = isTap && first !== undefined && near(first, event);
      [down, first] = [undefined, isTap && !isSecond ? event : undefined];
      if (isSecond) done();
    };
    const onCancel = (): void => {
      [down, first] = [undefined, undefined];
    };

    element.addEventListener('pointerdown', onDown);
    element.addEventListener('pointerup', onUp);
    element.addEventListener('pointercancel', onCancel);
    return () => {
      element.removeEventListener('pointerdown', onDown);
      element.removeEventListener('pointerup', onUp);
      element.removeEventListener('pointercancel', onCancel);
    };
  };
}

function near(a: PointerEvent, b: PointerEvent): boolean {
  return b.timeStamp - a.timeStamp <= longest && Math.hypot(a.clientX - b.clientX, a.clientY - b.clientY) <= farthest;
}
