/** Colour tables that the metadata only refers to, fetched and put in place for the engine. */
import { numbers, type Attribute, type DataSet } from '../dicom/json';
import { channels, hasPalette, needsPalette, paletteEntries, segmentedEntries } from '../dicom/palette';
import { isAbort, request } from './http';
import { firstPart } from './multipart';
import { dicomWeb } from './qido';

/** The same data sets, those in palette colour with their tables as numbers where they could be had. */
export function withPalettes(sets: readonly DataSet[], signal: AbortSignal): Promise<DataSet[]> {
  return Promise.all(sets.map((set) => (needsPalette(set) && !hasPalette(set) ? withPalette(set, signal) : set)));
}

async function withPalette(set: DataSet, signal: AbortSignal): Promise<DataSet> {
  const tables = await Promise.all(
    channels.map(async ({ descriptor, data, segmented }) => {
      const form = numbers(set, descriptor);
      try {
        const plain = await value(set[data], signal);
        if (plain) return [data, paletteEntries(plain, form)] as const;
        const packed = await value(set[segmented], signal);
        return [data, packed && segmentedEntries(packed, form)] as const;
      } catch (cause) {
        if (isAbort(cause)) throw cause;
        // The other images of the series can be read all the same; this one is reported when it is shown.
        return [data, undefined] as const;
      }
    }),
  );
  const out: Record<string, Attribute | undefined> = { ...set };
  for (const [key, entries] of tables) if (entries) out[key] = { vr: 'US', Value: entries };
  return out;
}

/** The archive is reached the way the page was, also where a proxy makes it believe in another name of its own. */
function ownAddress(uri: string): string {
  const { pathname, search } = new URL(uri, location.origin);
  const at = pathname.indexOf(`${dicomWeb}/`);
  return at < 0 ? uri : pathname.slice(at) + search;
}

/** The bytes of a value that lies in line or elsewhere; none where it has none. */
export async function value(attribute: Attribute | undefined, signal: AbortSignal): Promise<Uint8Array | undefined> {
  if (attribute?.InlineBinary !== undefined) return Uint8Array.from(atob(attribute.InlineBinary), (character) => character.charCodeAt(0));
  if (attribute?.BulkDataURI === undefined) return undefined;
  const response = await request(ownAddress(attribute.BulkDataURI), {
    headers: { Accept: 'multipart/related; type="application/octet-stream"' },
    signal,
  });
  return firstPart(response.headers.get('Content-Type') ?? '', new Uint8Array(await response.arrayBuffer()));
}
