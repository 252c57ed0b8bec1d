/** What of a series and its images protocols ask for, read from the data sets. Nothing here fails: what is not told is left out. */
import { sliceNormal, type Frame } from '../dicom/frames';
import { items, number, tag, text, texts, type DataSet } from '../dicom/json';
import type { Series, Study } from '../dicom/study';
import type { Plane, Region, Side } from './protocol';

const imageLaterality = '00200062';
const laterality = '00200060';
const viewPosition = '00185101';
const viewCode = '00540220';
const codeValue = '00080100';
const patientOrientation = '00200020';

/** What one image says of itself. */
export interface Shot {
  readonly side: Side | undefined;
  readonly view: string;
  readonly plane: Plane | undefined;
  readonly thickness: number | undefined;
  readonly isMultiFrame: boolean;
  readonly attributes: DataSet;
}

export function shots(frames: readonly Frame[], series: Series): Shot[] {
  return frames.map(({ attributes, frames: count }) => ({
    side: side(attributes),
    view: view(attributes, series),
    plane: plane(attributes),
    thickness: number(attributes, tag.SliceThickness),
    isMultiFrame: count > 1,
    attributes,
  }));
}

/** Image Laterality (0020,0062), else that of the series (0020,0060). */
function side(attributes: DataSet): Side | undefined {
  const told = text(attributes, imageLaterality) || text(attributes, laterality);
  return told === 'L' || told === 'R' ? told : undefined;
}

/** View Code (PS3.16 CID 4010 and 4014): SNOMED CT, and the older SNOMED RT codes of mammography. */
const views: Readonly<Record<string, string>> = {
  '399162004': 'CC', 'R-10242': 'CC', '399368009': 'MLO', 'R-10226': 'MLO', '399260004': 'ML', 'R-10224': 'ML',
  '399352003': 'LM', 'R-10228': 'LM', '399099002': 'LMO', 'R-10230': 'LMO', '272479007': 'PA', '399348003': 'AP',
  '399173006': 'LAT', '399198007': 'LAT', '399067008': 'LAT', '49370004': 'LAT',
};

/** What View Position (0018,5101) and descriptions call the lateral view. */
const lateral = new Set(['LL', 'RL', 'LAT', 'LATERAL', 'LLAT', 'RLAT']);

function view(attributes: DataSet, series: Series): string {
  const [code] = items(attributes, viewCode);
  const coded = code && views[text(code, codeValue)];
  if (coded) return coded;
  const told = text(attributes, viewPosition).toUpperCase();
  if (told !== '') return lateral.has(told) ? 'LAT' : told;
  return described(series.description);
}

function described(description: string): string {
  if (description.includes('侧位')) return 'LAT';
  if (/后前位|正位/.test(description)) return 'PA';
  const words = description.toUpperCase().split(/[^A-Z]+/);
  if (words.some((word) => lateral.has(word))) return 'LAT';
  return words.map((word) => /^[LR]?(CC|MLO|ML|LM|PA|AP)$/.exec(word)?.[1]).find(Boolean) ?? '';
}

/** The plane that an image lies in, within 45 degrees (PS3.3 C.7.6.2.1.1). */
function plane(attributes: DataSet): Plane | undefined {
  const normal = sliceNormal(attributes);
  if (!normal) return undefined;
  const [x, y, z] = normal.map(Math.abs) as [number, number, number];
  return z >= x && z >= y ? 'axial' : y >= x ? 'coronal' : 'sagittal';
}

/** The edge of the stored image at which the chest wall lies: the patient's back is towards it (0020,0020). */
export function chestWall(attributes: DataSet): 'left' | 'right' | undefined {
  const [row = ''] = texts(attributes, patientOrientation);
  return row.startsWith('A') ? 'left' : row.startsWith('P') ? 'right' : undefined;
}

/** Words that tell a region, of body parts (PS3.16 Annex L) and of descriptions in either language. */
const regions: readonly (readonly [Region, RegExp])[] = [
  ['HEAD', /\b(head|brain|skull|cranial|orbits?|sinus(es)?|face|facial)\b|头|颅|脑|眼眶|鼻窦|垂体/],
  ['NECK', /\b(neck|thyroid|larynx|carotid)\b|颈部|甲状腺|喉|颈动脉/],
  ['CHEST', /\b(chest|thorax|lungs?|ribs?|thoracic)\b|胸部|胸片|肺|肋/],
  ['HEART', /\b(heart|cardiac|coronary|coronaries)\b|心脏|冠脉|冠状动脉/],
  ['BREAST', /\b(breasts?|mammo\w*)\b|乳/],
  ['ABDOMEN', /\b(abdomen|abdominal|liver|kidneys?|pancreas|kub)\b|腹|肝|胰|肾/],
  ['PELVIS', /\b(pelvis|pelvic|prostate|bladder|uterus)\b|盆|前列腺|膀胱|子宫/],
  ['SPINE', /\b([ctl]?spine|[ctl]-spine|lumbar|sacrum)\b|椎|脊/],
  ['UPPER LIMB', /\b(shoulder|clavicle|humerus|elbow|forearm|wrist|hand|finger|arm)\b|肩|锁骨|肱|肘|前臂|腕|手/],
  ['LOWER LIMB', /\b(hip|femur|thigh|knee|leg|tibia|ankle|foot|toe)\b|髋|股骨|膝|小腿|踝|足/],
];

/** The regions that a study tells: by what its series call the body part, and by its description. */
export function regionsOf(study: Study, series: readonly Series[]): ReadonlySet<Region> {
  const words = [study.description, ...series.map(({ bodyPart }) => bodyPart)].join(' ; ').toLowerCase();
  return new Set(regions.filter(([, told]) => told.test(words)).map(([name]) => name));
}
