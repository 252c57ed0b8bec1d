/** Who has the keys: a control that the keyboard was brought to, or the page. */

/** After a press of the mouse or a finger the keys are the page's again; after one of the keyboard the focus stays. */
export function release(event: MouseEvent & { readonly currentTarget: HTMLElement }): void {
  if (event.detail > 0) event.currentTarget.blur();
}

/** Whether the key presses the control that the keyboard was brought to, and is no shortcut. */
export function presses({ key, target }: KeyboardEvent): boolean {
  return (key === ' ' || key === 'Enter') && target instanceof Element && target.matches(':is(button, a[href], summary):focus-visible');
}
