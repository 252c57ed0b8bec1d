/** Protocols that somebody brings: what is wrong with them is named by its place. Nothing that is not understood is taken. */
import { choice, fault, list, number, object, parse, text, type Check, type Fault } from '../checks/json';
import { planes, regionNames, sides, windowNames, type Protocol } from './protocol';

/** What a file of protocols holds: `version` is that of the form. */
export interface ProtocolFile {
  readonly version: 1;
  readonly protocols: readonly Protocol[];
}

const window: Check = (value, path, faults) => {
  if (typeof value === 'string') choice(...windowNames)(value, path, faults);
  else object({ center: number(-100_000, 100_000, false), width: number(1, 200_000, false) })(value, path, faults);
};

const code = text(16);
const pattern = text(200);
const thickness = number(0, 1000, false);

const pick = object({
  'modality?': code, 'description?': pattern, 'plane?': choice(...planes), 'view?': code, 'laterality?': choice(...sides),
  'thickness?': object({ 'min?': thickness, 'max?': thickness }), 'frames?': choice('single', 'multiple'), 'like?': number(1, 16),
});

const viewport = object({
  'study?': number(0, 8), series: list(pick, 1, 12), 'window?': window, 'scale?': choice('fit', 'equal'), 'align?': choice('left', 'right'),
  'flip?': choice('horizontal', 'chestWall'), 'link?': text(16), 'cine?': choice(true, false),
});

const when = object({
  'modality?': list(code, 1, 12), 'bodyPart?': list(choice(...regionNames), 1, regionNames.length), 'description?': pattern, 'laterality?': choice(...sides),
  'priors?': number(0, 8), 'series?': number(1, 1000), 'images?': number(1, 100_000),
});

const protocol = object({
  id: text(64), name: object({ zh: text(60), en: text(60) }), when, 'score?': number(-100, 100), rows: number(1, 4), columns: number(1, 4),
  viewports: list(viewport, 1, 16),
});

const file = object({ version: choice(1), protocols: list(protocol, 0, 200) });

/** The protocols of a file, or all that is wrong with it. */
export function read(json: string): { readonly protocols: readonly Protocol[] } | { readonly faults: readonly Fault[] } {
  const found = parse(json, file);
  if ('faults' in found) return found;
  const faults: Fault[] = [];
  const { protocols } = found.value as ProtocolFile;
  for (const [at, { id, viewports, rows, columns }] of protocols.entries()) {
    if (protocols.findIndex((other) => other.id === id) !== at) faults.push(fault(`protocols[${at}].id`, 'double'));
    if (viewports.length > rows * columns) faults.push(fault(`protocols[${at}].viewports`, 'list', `1 … ${rows * columns}`));
    for (const [place, { series }] of viewports.entries()) {
      for (const [rank, { like }] of series.entries()) {
        if (like !== undefined && (like > viewports.length || like === place + 1)) faults.push(fault(`protocols[${at}].viewports[${place}].series[${rank}].like`, 'number', `1 … ${viewports.length}`));
      }
    }
  }
  return faults.length > 0 ? { faults } : { protocols };
}

export function write(protocols: readonly Protocol[]): string {
  return JSON.stringify({ version: 1, protocols } satisfies ProtocolFile, undefined, 2);
}
