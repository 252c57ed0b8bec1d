/** The probe, which reads the image on the screen. */
import type { Types } from '@cornerstonejs/core';
import { ProbeTool } from '@cornerstonejs/tools';

export class FrameProbe extends ProbeTool {
  /** The engine looks for the value in the slice that has the image's place in its stack, but an image has one slice. */
  protected override getTargetImageData(target: string): ReturnType<ProbeTool['getTargetImageData']> {
    const image = super.getTargetImageData(target);
    const voxels = image?.voxelManager;
    if (!voxels || !target.startsWith('imageId:')) return image;
    const flat = { getAtIJKPoint: ([column, row]: Types.Point3): unknown => voxels.getAtIJK(column, row, 0) };
    return { ...image, voxelManager: Object.assign(Object.create(voxels) as object, flat) } as typeof image;
  }
}
