/** The volume as the engine holds it: the frames that are in memory already, and one texture of them. */
import { cache, ImageVolume, utilities, type Types } from '@cornerstonejs/core';
import type { Grid, Limits } from '../dicom/volume';
import { cacheBytes } from './setup';

type SampleType = 'Uint8Array' | 'Int16Array' | 'Uint16Array' | 'Float32Array';

/** What this device can hold; nothing where it has no 3D textures (WebGL 2). */
export function deviceLimits(): Limits | undefined {
  const gl = document.createElement('canvas').getContext('webgl2');
  if (!gl) return undefined;
  const side = gl.getParameter(gl.MAX_3D_TEXTURE_SIZE) as number;
  gl.getExtension('WEBGL_lose_context')?.loseContext();
  return { frames: cacheBytes() * 0.9, all: cacheBytes() * 2, side };
}

/** Makes a volume of frames that are all in memory, given in the order of the slices. */
export function makeVolume(volumeId: string, ids: readonly string[], { size, spacing, origin, axes }: Grid): ImageVolume {
  const imageIds = [...ids];
  const volume = new ImageVolume({
    volumeId,
    dataType: sampleType(imageIds),
    metadata: utilities.makeVolumeMetadata(imageIds),
    dimensions: [...size],
    spacing: [...spacing],
    origin: [...origin],
    direction: axes.flat() as unknown as Types.Mat3,
    imageIds,
    // Else the engine fetches the middle one again to find a window.
    referencedImageIds: imageIds,
    numberOfComponents: 1,
  });
  cache.putVolumeSync(volumeId, volume);
  return volume;
}

/** Forgets a volume; its frames stay in memory as long as somebody shows them. */
export function dropVolume(volume: ImageVolume): void {
  if (cache.getVolume(volume.volumeId)) cache.removeVolumeLoadObject(volume.volumeId);
}

/**
 * The type that holds the values of every frame. The decoder gives each frame the narrowest, and the engine would
 * take that of three of them for all.
 */
function sampleType(ids: readonly string[]): SampleType {
  let [low, high, isByte, isWhole] = [Infinity, -Infinity, true, true];
  for (const id of ids) {
    const image = cache.getImage(id);
    if (!image) throw new Error('a frame of the volume is not in memory');
    const { name } = image.getPixelData().constructor;
    low = Math.min(low, image.minPixelValue);
    high = Math.max(high, image.maxPixelValue);
    isByte &&= name === 'Uint8Array';
    isWhole &&= !name.startsWith('Float');
  }
  if (isByte) return 'Uint8Array';
  if (isWhole && low >= -32_768 && high <= 32_767) return 'Int16Array';
  if (isWhole && low >= 0 && high <= 65_535) return 'Uint16Array';
  return 'Float32Array';
}
