/** Starts Cornerstone3D once a page: core, tools and the DICOMweb frame loader. */
import { cache, init as initCore } from '@cornerstonejs/core';
import { init as initLoader } from '@cornerstonejs/dicom-image-loader';
import { addTool, init as initTools, PanTool, StackScrollTool, WindowLevelTool, ZoomTool } from '@cornerstonejs/tools';
import { cannotDraw } from './images';
import { imageOf, quietRejections, track } from './requests';

/** As stored, whatever the transfer syntax is; decoding happens here (PS3.18 §8.7.3.3). */
const accept = 'multipart/related; type="application/octet-stream"; transfer-syntax=*';

const mebibyte = 1024 * 1024;
let started = false;

export function start(): void {
  if (started) return;
  quietRejections();
  initCore();
  initLoader({
    maxWebWorkers: Math.min(4, Math.max(1, navigator.hardwareConcurrency - 1)),
    beforeSend: (xhr, imageId) => {
      track(imageId, xhr);
      return { Accept: accept };
    },
    beforeProcessing: (xhr) => {
      const answer = xhr.response as ArrayBuffer;
      return cannotDraw(imageOf(xhr), answer.byteLength) ? Promise.reject(new Error('uncompressed YBR_FULL_422')) : Promise.resolve(answer);
    },
  });
  // Tools must be there before any viewport is, else they silently do nothing.
  initTools();
  for (const tool of [WindowLevelTool, PanTool, ZoomTool, StackScrollTool]) addTool(tool);
  cache.setMaxCacheSize(cacheBytes());
  started = true;
}

/** An eighth of the device's memory as the browser tells it, between 256 MiB and 1 GiB. */
export function cacheBytes(): number {
  const gibibytes = (navigator as Navigator & { readonly deviceMemory?: number }).deviceMemory ?? 4;
  return Math.min(1024, Math.max(256, gibibytes * 128)) * mebibyte;
}
