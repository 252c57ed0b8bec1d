/** What mouse, wheel and fingers do in the viewport. */
import { Enums, PanTool, StackScrollTool, ToolGroupManager, WindowLevelTool, ZoomTool } from '@cornerstonejs/tools';

export type Tool = 'window' | 'pan' | 'zoom' | 'scroll';

const { MouseBindings } = Enums;
const group = 'stack';
const names: Readonly<Record<Tool, string>> = {
  window: WindowLevelTool.toolName,
  pan: PanTool.toolName,
  zoom: ZoomTool.toolName,
  scroll: StackScrollTool.toolName,
};

/** Middle button pans, right button zooms, wheel scrolls, two fingers zoom; the rest is the chosen tool. */
const fixed: Readonly<Partial<Record<Tool, readonly object[]>>> = {
  pan: [{ mouseButton: MouseBindings.Auxiliary }],
  zoom: [{ mouseButton: MouseBindings.Secondary }, { numTouchPoints: 2 }],
  scroll: [{ mouseButton: MouseBindings.Wheel }],
};

export function attachTools(viewport: string, engine: string, chosen: Tool): void {
  const tools = ToolGroupManager.getToolGroup(group) ?? ToolGroupManager.createToolGroup(group);
  for (const name of Object.values(names)) if (!tools?.hasTool(name)) tools?.addTool(name);
  tools?.addViewport(viewport, engine);
  choose(chosen);
}

export function choose(chosen: Tool): void {
  const tools = ToolGroupManager.getToolGroup(group);
  if (!tools) return;
  for (const [tool, name] of Object.entries(names) as [Tool, string][]) {
    tools.setToolPassive(name, { removeAllBindings: true });
    const own = tool === chosen ? [{ mouseButton: MouseBindings.Primary }, { numTouchPoints: 1 }] : [];
    const bindings = [...(fixed[tool] ?? []), ...own];
    if (bindings.length > 0) tools.setToolActive(name, { bindings });
  }
}

export function detachTools(viewport: string, engine: string): void {
  ToolGroupManager.getToolGroup(group)?.removeViewports(engine, viewport);
}
