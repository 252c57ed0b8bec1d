/** Starts Cornerstone3D once a page: core, tools and the DICOMweb frame loader. */
import { cache, Enums, imageLoadPoolManager, imageRetrievalPoolManager, init as initCore } from '@cornerstonejs/core';
import { init as initLoader } from '@cornerstonejs/dicom-image-loader';
import { addTool, init as initTools } from '@cornerstonejs/tools';
import { asStored } from '../api/wado';
import { cannotDraw } from './images';
import { imageOf, quietRejections, track } from './requests';
import { toolClasses } from './tools';

/**
 * Frames fetched ahead at once. Browsers open six connections to a server of HTTP/1.1: one stays free for the image that
 * is scrolled to.
 */
const ahead = 5;

const mebibyte = 1024 * 1024;
let started = false;

export function start(): void {
  if (started) return;
  quietRejections();
  // One context draws for all viewports: each more is made at the start, and costs memory and time.
  initCore({ debug: { statsOverlay: false }, rendering: { webGlContextCount: 1 } });
  initLoader({
    maxWebWorkers: Math.min(4, Math.max(1, navigator.hardwareConcurrency - 1)),
    beforeSend: (xhr, imageId) => {
      track(imageId, xhr);
      return { Accept: asStored };
    },
    beforeProcessing: (xhr) => {
      const answer = xhr.response as ArrayBuffer;
      return cannotDraw(imageOf(xhr), answer.byteLength) ? Promise.reject(new Error('uncompressed YBR_FULL_422')) : Promise.resolve(answer);
    },
  });
  // Tools must be there before any viewport is, else they silently do nothing.
  initTools();
  for (const tool of toolClasses) addTool(tool);
  cache.setMaxCacheSize(cacheBytes());
  for (const pool of [imageLoadPoolManager, imageRetrievalPoolManager]) pool.setMaxSimultaneousRequests(Enums.RequestType.Prefetch, ahead);
  started = true;
}

/** An eighth of the device's memory as the browser tells it, between 256 MiB and 1 GiB. */
export function cacheBytes(): number {
  const gibibytes = (navigator as Navigator & { readonly deviceMemory?: number }).deviceMemory ?? 4;
  return Math.min(1024, Math.max(256, gibibytes * 128)) * mebibyte;
}
