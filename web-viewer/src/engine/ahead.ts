/** An image of a study that is perhaps opened next: in memory before anybody asks for it. */
import { cache, Enums, imageLoader } from '@cornerstonejs/core';
import { forget, register, type Image } from './images';

let ahead: string | undefined;

/** What is fetched ahead, or was, and no viewport shows yet. */
export function idsAhead(): readonly string[] {
  return ahead === undefined ? [] : [ahead];
}

/** Fetches it in the place of the one before, beside everything that is shown; whether it came. */
export async function fetchAhead(image: Image): Promise<boolean> {
  dropAhead();
  const [id = ''] = register([image]);
  ahead = id;
  try {
    // Requests of this kind neither wait for those of what is shown nor are given up with them.
    await imageLoader.loadAndCacheImage(id, { priority: 10, requestType: Enums.RequestType.Thumbnail, additionalDetails: { imageId: id } });
    return ahead === id;
  } catch {
    return false;
  }
}

/** A viewport shows these from now on. */
export function arrived(shown: ReadonlySet<string>): void {
  if (ahead !== undefined && shown.has(ahead)) ahead = undefined;
}

/** Forgets what was fetched ahead and never shown. */
export function dropAhead(): void {
  const unseen = ahead;
  ahead = undefined;
  if (unseen === undefined) return;
  // One that is still on its way is taken out when it has come, unless it is wanted by then.
  const taken = cache.getImageLoadObject(unseen)?.promise;
  taken?.then(() => { if (ahead !== unseen) forget([unseen]); }).catch(() => undefined);
}
