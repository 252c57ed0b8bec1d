/** What mouse, wheel and fingers do in the planes of a volume and in its picture from outside. */
import { addTool, CrosshairsTool, Enums, PanTool, StackScrollTool, ToolGroupManager, TrackballRotateTool, WindowLevelTool, type Types } from '@cornerstonejs/tools';
import type { Point } from '../dicom/geometry';
import type { Plane, VolumeTool } from '../keys/volume';
import { FingerZoom } from './zoom';

const { MouseBindings } = Enums;
const classes = { crosshair: CrosshairsTool, window: WindowLevelTool, pan: PanTool, zoom: FingerZoom, scroll: StackScrollTool } as const;

/** The line that a plane draws in the others. */
const colours: Readonly<Record<Plane, string>> = { axial: 'rgb(229, 138, 128)', coronal: 'rgb(111, 195, 184)', sagittal: 'rgb(227, 181, 115)' };

export class VolumeTools {
  readonly #planes: Types.IToolGroup;
  readonly #solid: Types.IToolGroup;

  /** `viewports`: the planes by the name of their viewports, and the viewport of the picture from outside. */
  constructor(engine: string, name: string, viewports: ReadonlyMap<string, Plane>, solid: string) {
    for (const tool of [CrosshairsTool, TrackballRotateTool]) addTool(tool);
    this.#planes = made(`${name}-planes`);
    this.#solid = made(`${name}-solid`);
    for (const id of viewports.keys()) this.#planes.addViewport(id, engine);
    this.#solid.addViewport(solid, engine);
    for (const { toolName } of Object.values(classes)) {
      if (toolName !== CrosshairsTool.toolName) this.#planes.addTool(toolName as string);
    }
    this.#planes.addTool(CrosshairsTool.toolName as string, {
      getReferenceLineColor: (id: string) => colours[viewports.get(id) ?? 'axial'],
      // Thickness and projection are chosen for all planes at once.
      getReferenceLineSlabThicknessControlsOn: () => false,
    });
    for (const { toolName } of [TrackballRotateTool, PanTool, FingerZoom]) this.#solid.addTool(toolName as string);
    const turn = [{ mouseButton: MouseBindings.Primary }, { numTouchPoints: 1 }];
    this.#solid.setToolActive(TrackballRotateTool.toolName as string, { bindings: turn });
    this.#solid.setToolActive(PanTool.toolName, { bindings: [{ mouseButton: MouseBindings.Auxiliary }] });
    const near = [{ mouseButton: MouseBindings.Secondary }, { mouseButton: MouseBindings.Wheel }, { numTouchPoints: 2 }];
    this.#solid.setToolActive(FingerZoom.toolName as string, { bindings: near });
    this.choose('crosshair');
  }

  /** The place in the patient where the planes meet. */
  get center(): Point {
    const [x = 0, y = 0, z = 0] = this.#crosshair.toolCenter;
    return [x, y, z];
  }

  set center([x, y, z]: Point) {
    this.#crosshair.setToolCenter([x, y, z]);
  }

  /** Planes upright again, and all of them whole. */
  reset(): void {
    this.#crosshair.resetCrosshairs();
  }

  /** What the left button and one finger do; the others always do the same. */
  choose(tool: VolumeTool): void {
    for (const [name, { toolName }] of Object.entries(classes) as [VolumeTool, { readonly toolName: string }][]) {
      const bindings: object[] = [];
      if (name === tool) bindings.push({ mouseButton: MouseBindings.Primary }, { numTouchPoints: 1 });
      if (name === 'pan') bindings.push({ mouseButton: MouseBindings.Auxiliary });
      if (name === 'zoom') bindings.push({ mouseButton: MouseBindings.Secondary }, { numTouchPoints: 2 });
      if (name === 'scroll') bindings.push({ mouseButton: MouseBindings.Wheel });
      this.#planes.setToolPassive(toolName, { removeAllBindings: true });
      if (bindings.length > 0) this.#planes.setToolActive(toolName, { bindings });
      // Its lines are seen with every tool, and dragged with its own.
      else if (name === 'crosshair') this.#planes.setToolEnabled(toolName);
    }
  }

  close(): void {
    this.#planes.setToolDisabled(CrosshairsTool.toolName as string);
    ToolGroupManager.destroyToolGroup(this.#planes.id);
    ToolGroupManager.destroyToolGroup(this.#solid.id);
  }

  get #crosshair(): CrosshairsTool {
    return this.#planes.getToolInstance(CrosshairsTool.toolName as string) as CrosshairsTool;
  }
}

function made(id: string): Types.IToolGroup {
  const group = ToolGroupManager.createToolGroup(id);
  if (!group) throw new Error(`tool group ${id} is there already`);
  return group;
}
