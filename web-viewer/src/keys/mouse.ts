/** What mouse buttons and the wheel do in the viewports of stacks. */
import { measuring, viewing, type Tool } from './tools';

export const buttons = ['left', 'middle', 'right', 'wheel'] as const;
export type Button = (typeof buttons)[number];
export const modifiers = ['ctrl', 'shift', 'alt'] as const;
export type Modifier = (typeof modifiers)[number];

/** A button or the wheel, alone or with one key held. */
export type Gesture = Button | `${Modifier}+${Button}`;
export const gestures: readonly Gesture[] = buttons.flatMap((button) => [button, ...modifiers.map((modifier) => `${modifier}+${button}` as const)]);

/** What a press of a button can do, besides the tools, which drag. */
export const pressActions = ['fit', 'reset', 'invert', 'flip', 'rotate', 'cine', 'nextPane', 'link', 'star', 'overlay', 'volume'] as const;
export type PressAction = (typeof pressActions)[number];

/** What the wheel can do: image by image, ten at a time, series by series, or zoom. */
export const wheelActions = ['scroll', 'tenImages', 'turnSeries', 'zoom'] as const;
export type WheelAction = (typeof wheelActions)[number];

export type Does = Tool | PressAction | WheelAction;

/** What is not told does nothing. `left` is the tool that a study begins with: the toolbar chooses what it does then. */
export type Bindings = Readonly<Partial<Record<Gesture, Does>>> & { readonly left?: Tool };

const tools: readonly Tool[] = [...viewing, ...measuring];

/** What can be chosen for a gesture. Browsers turn the wheel with Shift sideways: the engine's zoom does not see it. */
export function choicesOf(gesture: Gesture): readonly Does[] {
  if (gesture === 'left') return tools;
  if (!gesture.endsWith('wheel')) return [...tools, ...pressActions];
  return gesture === 'shift+wheel' ? wheelActions.filter((does) => does !== 'zoom') : wheelActions;
}

const common = { left: 'window', middle: 'pan', right: 'zoom', wheel: 'scroll' } as const;

/** Ours; what OHIF 3 binds in its basic mode; what Weasis binds, whose menu on the right button there is none of here. */
export const mousePresets = {
  own: { ...common, 'ctrl+wheel': 'zoom', 'shift+wheel': 'tenImages' },
  ohif: common,
  weasis: { left: 'window', middle: 'pan', wheel: 'scroll' },
} as const satisfies Readonly<Record<string, Bindings>>;
export type MousePreset = keyof typeof mousePresets;

export function sameBindings(one: Bindings, other: Bindings): boolean {
  return gestures.every((gesture) => one[gesture] === other[gesture]);
}

/** The gesture of a press or of the wheel; with two keys held it is none. */
function gestureOf(button: Button, event: { readonly ctrlKey: boolean; readonly shiftKey: boolean; readonly altKey: boolean; readonly metaKey: boolean }): Gesture | undefined {
  const held = modifiers.filter((modifier) => event[`${modifier}Key`]);
  if (held.length > 1 || event.metaKey) return undefined;
  return held[0] ? `${held[0]}+${button}` : button;
}

/** By `MouseEvent.button`. */
const pressed: readonly Button[] = ['left', 'middle', 'right'];

/** What a press does that is no tool. */
export function pressAction(bindings: Bindings, event: MouseEvent): PressAction | undefined {
  const button = pressed[event.button];
  const gesture = button && gestureOf(button, event);
  return pressActions.find((action) => gesture && action === bindings[gesture]);
}

/** What the wheel does that the engine does not do: it sees neither a wheel that turns sideways nor series. */
export function wheelAction(bindings: Bindings, event: WheelEvent): Exclude<WheelAction, 'zoom'> | undefined {
  const gesture = gestureOf('wheel', event);
  const does = gesture && bindings[gesture];
  if (does === 'scroll') return gesture === 'shift+wheel' ? does : undefined;
  return does === 'tenImages' || does === 'turnSeries' ? does : undefined;
}

/** One notch of a wheel in pixels; touchpads tell parts of it. */
const notch = 100;
/** Pixels of a line, for browsers that tell those. */
const line = 40;

/** Adds up how far a wheel was turned; answers whole notches, towards the end of a stack above 0. */
export class Turns {
  #rest = 0;

  add({ deltaX, deltaY, deltaMode }: WheelEvent): number {
    this.#rest += (deltaY || deltaX) * (deltaMode === 0 ? 1 : line);
    const whole = Math.trunc(this.#rest / notch);
    this.#rest -= whole * notch;
    return whole;
  }
}
