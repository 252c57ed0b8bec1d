/** What mouse, wheel and fingers do in the viewports. */
import {
  AngleTool, ArrowAnnotateTool, BidirectionalTool, CircleROITool, CobbAngleTool, EllipticalROITool, Enums, EraserTool, LabelTool, LengthTool, MagnifyTool,
  PanTool, PlanarFreehandROITool, RectangleROITool, StackScrollTool, ToolGroupManager, WindowLevelTool, type Types,
} from '@cornerstonejs/tools';
import type { Bindings, Button, Gesture, Modifier } from '../keys/mouse';
import type { Tool } from '../keys/tools';
import { FrameProbe } from './probe';
import { FingerZoom } from './zoom';

export type { Bindings, Tool };

const { MouseBindings, KeyboardBindings } = Enums;
const buttons: Readonly<Record<Button, number>> = { left: MouseBindings.Primary, middle: MouseBindings.Auxiliary, right: MouseBindings.Secondary, wheel: MouseBindings.Wheel };
const held: Readonly<Record<Modifier, number>> = { ctrl: KeyboardBindings.Ctrl, shift: KeyboardBindings.Shift, alt: KeyboardBindings.Alt };

const classes = {
  window: WindowLevelTool,
  pan: PanTool,
  zoom: FingerZoom,
  scroll: StackScrollTool,
  magnify: MagnifyTool,
  probe: FrameProbe,
  length: LengthTool,
  bidirectional: BidirectionalTool,
  angle: AngleTool,
  cobb: CobbAngleTool,
  ellipse: EllipticalROITool,
  rectangle: RectangleROITool,
  circle: CircleROITool,
  freehand: PlanarFreehandROITool,
  arrow: ArrowAnnotateTool,
  label: LabelTool,
  eraser: EraserTool,
} as const satisfies Readonly<Record<Tool, unknown>>;

/** Every tool class, to be made known before any viewport is, else they silently do nothing. */
export const toolClasses = Object.values(classes);

/** The tool of ours that the engine calls by this name. */
export function toolNamed(name: string): Tool | undefined {
  return (Object.keys(classes) as Tool[]).find((tool) => classes[tool].toolName === name);
}

export function toolClass(tool: Tool): { readonly toolName: string } {
  return classes[tool];
}

function bindingOf(gesture: Gesture): object {
  const [button, modifier] = gesture.split('+').reverse() as [Button, Modifier?];
  return { mouseButton: buttons[button], ...(modifier ? { modifierKey: held[modifier] } : {}) };
}

/** Asks for a text, the one before given; nothing is answered when it was cancelled. */
export type Ask = (before: string, done: (text: string | undefined) => void) => void;

export class Tools {
  readonly #group: Types.IToolGroup;
  readonly #name: string;
  readonly #engine: string;
  #chosen: Tool = 'window';
  /** Until there is somebody to ask nothing is written. */
  #ask: Ask = (_, done) => done(undefined);
  #bindings: Bindings = {};

  /** `name` is theirs alone; the viewports are those of `engine`. */
  constructor(name: string, engine: string) {
    this.#name = name;
    this.#engine = engine;
    const group = ToolGroupManager.createToolGroup(name);
    if (!group) throw new Error(`tool group ${name} is there already`);
    this.#group = group;
    const asking = {
      getTextCallback: (done: (text?: string) => void): void => this.#ask('', done),
      // Cancelled, the text stays as it was.
      changeTextCallback: ({ data }: { readonly data: { readonly label?: string } }, _: unknown, done: (text: string) => void): void => this.#ask(data.label ?? '', (text) => done(text ?? data.label ?? '')),
    };
    for (const tool of toolClasses) group.addTool(tool.toolName, tool === ArrowAnnotateTool || tool === LabelTool ? asking : {});
    this.#apply();
  }

  attach(viewport: string): void {
    this.#group.addViewport(viewport, this.#engine);
  }

  detach(viewport: string): void {
    this.#group.removeViewports(this.#engine, viewport);
  }

  /** What the left button and one finger do. */
  choose(tool: Tool): void {
    this.#chosen = tool;
    this.#apply();
  }

  /** What the other buttons and the wheel do. */
  bind(bindings: Bindings): void {
    this.#bindings = bindings;
    this.#apply();
  }

  /** Is asked for the text of an arrow or a text; a new one without text is taken off again. */
  onText(ask: Ask): void {
    this.#ask = ask;
  }

  close(): void {
    ToolGroupManager.destroyToolGroup(this.#name);
  }

  /** A tool without a button stays passive: what it drew can still be dragged. Two fingers always move and zoom. */
  #apply(): void {
    for (const [tool, { toolName }] of Object.entries(classes) as [Tool, { readonly toolName: string }][]) {
      const bindings: object[] = [];
      if (tool === this.#chosen) bindings.push({ mouseButton: MouseBindings.Primary }, { numTouchPoints: 1 });
      // What a study begins with on the left button is chosen already.
      for (const [gesture, does] of Object.entries(this.#bindings)) if (does === tool && gesture !== 'left') bindings.push(bindingOf(gesture as Gesture));
      if (tool === 'zoom') bindings.push({ numTouchPoints: 2 });
      this.#group.setToolPassive(toolName, { removeAllBindings: true });
      if (bindings.length > 0) this.#group.setToolActive(toolName, { bindings });
    }
  }
}
