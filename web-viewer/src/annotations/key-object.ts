/** Key images as Key Object Selection Documents (PS3.3 A.35.4, PS3.16 TID 2010): written, and read whoever wrote them. */
import { items, numbers, tag, text, type DataSet } from '../dicom/json';
import { children, coded, conceptOf, dcm, el, hierarchy, item, reference, sr, type Code } from './content';
import { documentHead, type Document } from './sr-write';

export const keyObjectSelection = '1.2.840.10008.5.1.4.1.1.88.59';

/** Titles to choose from, of CID 7010. */
export const titles = [
  dcm('113000', 'Of Interest'), dcm('113002', 'For Referring Provider'), dcm('113003', 'For Surgery'), dcm('113004', 'For Teaching'), dcm('113005', 'For Conference'),
] as const satisfies readonly Code[];

/** Titles of CID 7010 and 7011 that reject what they refer to: no key images. */
const rejecting = new Set(['113001', '113010', '113037', '113038', '113039']);

export interface KeyImage {
  readonly study: string;
  readonly series: string;
  readonly sopClass: string;
  readonly instance: string;
  /** 1-based; none where the whole instance is meant. */
  readonly frame: number | undefined;
  readonly title: Code;
}

export interface ReadKeyObject {
  readonly document: Document;
  readonly title: Code;
  readonly images: readonly KeyImage[];
  /** Whether it holds nothing but images: only such a document may be taken the place of. */
  readonly isWhole: boolean;
  /** SOP instances that this document took the place of. */
  readonly replaces: readonly string[];
}

/** One string for each key image: the same image under two titles is two. */
export function placeOf({ instance, frame, title }: KeyImage): string {
  return `${title.scheme}:${title.value}:${instance}:${frame ?? ''}`;
}

/** What a data set selects; none where it is no such document, or rejects what it names. */
export function readKeyObject(set: DataSet): ReadKeyObject | undefined {
  if (text(set, tag.SOPClassUID) !== keyObjectSelection) return undefined;
  const title = conceptOf(set);
  if (title.scheme === 'DCM' && rejecting.has(title.value)) return undefined;
  const found = named(set, '0040A375');
  const homes = new Map(found.map((one) => [one.instance, one]));
  const replaces = named(set, sr.Predecessors).map(({ instance }) => instance);
  const selected = children(set).filter((child) => text(child, sr.RelationshipType) === 'CONTAINS' && text(child, sr.ValueType) !== 'TEXT');
  const images = selected.filter((child) => text(child, sr.ValueType) === 'IMAGE').flatMap((child) => items(child, sr.ReferencedSOPSequence)).flatMap((one): KeyImage[] => {
    const instance = text(one, sr.ReferencedSOPInstanceUID);
    const home = homes.get(instance);
    if (!home) return [];
    const frames = numbers(one, sr.ReferencedFrameNumber);
    return (frames.length > 0 ? frames : [undefined]).map((frame) => ({ ...home, frame, title }));
  });
  const understood = selected.filter((child) => {
    const [one] = items(child, sr.ReferencedSOPSequence);
    const instance = one ? text(one, sr.ReferencedSOPInstanceUID) : '';
    return text(child, sr.ValueType) === 'IMAGE' ? homes.has(instance) : replaces.includes(instance);
  });
  return {
    document: { study: text(set, tag.StudyInstanceUID), series: text(set, tag.SeriesInstanceUID), sopClass: keyObjectSelection, instance: text(set, tag.SOPInstanceUID) },
    title,
    images,
    isWhole: understood.length === selected.length,
    replaces,
  };
}

/** The documents that hold: those that no other took the place of. */
export function currentKeyObjects(documents: readonly ReadKeyObject[]): ReadKeyObject[] {
  const replaced = new Set(documents.flatMap(({ replaces }) => replaces));
  return documents.filter(({ document }) => !replaced.has(document.instance));
}

export interface Selection {
  readonly title: Code;
  /** All under this title; none only where a document is taken the place of. */
  readonly images: readonly KeyImage[];
  /** Attributes of an image of the study: patient and study are taken from it. */
  readonly of: DataSet;
  readonly observer: string;
  /** Documents that this one takes the place of (0040,A360), which a Standard Extended SOP Class may hold (PS3.2 §3.11). */
  readonly predecessors: readonly Document[];
  readonly now: Date;
  /** New UIDs (PS3.5 B.2). */
  readonly uid: () => string;
}

/** The document in the DICOM JSON model. It must refer to something: without images it names what it takes the place of. */
export function writeKeyObject({ title, images, of, observer, predecessors, now, uid }: Selection): DataSet {
  const refersTo: readonly Document[] = images.length > 0 ? images : predecessors;
  const selected = images.length > 0
    ? images.map(({ sopClass, instance, frame }) => item('CONTAINS', 'IMAGE', undefined, { [sr.ReferencedSOPSequence]: el('SQ', reference(sopClass, instance, frame)) }))
    : predecessors.map(({ sopClass, instance }) => item('CONTAINS', 'COMPOSITE', undefined, { [sr.ReferencedSOPSequence]: el('SQ', reference(sopClass, instance)) }));
  const described = images.length > 0 ? [] : [item('CONTAINS', 'TEXT', dcm('113012', 'Key Object Description'), { [sr.TextValue]: el('UT', 'No image is selected any more; this takes the place of the documents it refers to.') })];
  return {
    ...documentHead(of, keyObjectSelection, 'KO', `Key images: ${title.meaning}`.slice(0, 64), now, uid),
    '0040A375': el('SQ', ...hierarchy(refersTo)),
    ...(predecessors.length > 0 ? { [sr.Predecessors]: el('SQ', ...hierarchy(predecessors)) } : {}),
    [sr.ConceptName]: el('SQ', coded(title)),
    '0040A504': el('SQ', { '00080105': el('CS', 'DCMR'), '0040DB00': el('CS', '2010') }),
    [sr.Content]: el('SQ',
      item('HAS OBS CONTEXT', 'CODE', dcm('121005', 'Observer Type'), { [sr.ConceptCode]: el('SQ', coded(dcm('121006', 'Person'))) }),
      item('HAS OBS CONTEXT', 'PNAME', dcm('121008', 'Person Observer Name'), { [sr.PersonName]: el('PN', { Alphabetic: observer }) }),
      ...described,
      ...selected,
    ),
  };
}

function named(set: DataSet, key: string): Document[] {
  return items(set, key).flatMap((study) =>
    items(study, sr.ReferencedSeries).flatMap((series) =>
      items(series, sr.ReferencedSOPSequence).map((one) => ({
        study: text(study, tag.StudyInstanceUID), series: text(series, tag.SeriesInstanceUID), sopClass: text(one, sr.ReferencedSOPClassUID), instance: text(one, sr.ReferencedSOPInstanceUID),
      })),
    ),
  );
}
