/** Frames under the names the engine knows them by, with their metadata handed to it. */
import { cache } from '@cornerstonejs/core';
import { wadors } from '@cornerstonejs/dicom-image-loader';
import { number, tag, type DataSet } from '../dicom/json';

export interface Image {
  /** Absolute WADO-RS address of one frame. */
  readonly url: string;
  /** The attributes that hold for this frame. */
  readonly attributes: DataSet;
}

type Metadata = Parameters<typeof wadors.metaDataManager.add>[1];

/** Registers metadata and answers the image ids, in the same order. */
export function register(images: readonly Image[]): string[] {
  return images.map((image) => {
    const id = `wadors:${image.url}`;
    wadors.metaDataManager.add(id, { ...image.attributes } as Metadata);
    return id;
  });
}

/** Forgets metadata and decoded pixels. */
export function forget(ids: readonly string[]): void {
  for (const id of ids) {
    if (cache.getImageLoadObject(id)) cache.removeImageLoadObject(id, { force: true });
    wadors.metaDataManager.remove(id);
  }
}

/** Bytes a decoded frame takes in memory, at most: samples as 32-bit floats, or four bytes a colour pixel. */
export function decodedBytes(attributes: DataSet): number {
  return (number(attributes, tag.Rows) ?? 512) * (number(attributes, tag.Columns) ?? 512) * 4;
}
