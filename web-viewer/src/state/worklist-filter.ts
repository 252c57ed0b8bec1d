/** What the study list is asked for: its form in the address, and the searches that it stands for (PS3.18 §10.6.1). */
import type { Keys } from '../api/qido';

export const whens = ['any', 'today', 'yesterday', 'week', 'month'] as const;

/** Presets of the study date; `range` is what `from` and `to` say. */
export type When = (typeof whens)[number] | 'range';

export interface Filter {
  /** The search box: a name, a patient id, an accession number, or a study UID. */
  readonly text: string;
  readonly name: string;
  readonly patientId: string;
  readonly accession: string;
  readonly institution: string;
  /** Modality codes; none means any. */
  readonly modalities: readonly string[];
  readonly when: When;
  /** `YYYY-MM-DD`, or empty: no bound. */
  readonly from: string;
  readonly to: string;
}

export const noFilter: Filter = { text: '', name: '', patientId: '', accession: '', institution: '', modalities: [], when: 'any', from: '', to: '' };

/** The fields that stand apart from the search box, and their names in the address. */
const fields = { name: 'name', patientId: 'id', accession: 'accession', institution: 'institution' } as const;
export type Field = keyof typeof fields;
export const fieldNames = Object.keys(fields) as readonly Field[];

/** How many of the fields behind the search box and the chips are filled. */
export function detailed(filter: Filter): number {
  const texts = fieldNames.filter((field) => filter[field].trim() !== '').length;
  return texts + Number(filter.when === 'range');
}

export function isFiltered(filter: Filter): boolean {
  return toQuery(filter) !== '';
}

/** The filter as a query of an address; empty where nothing is filtered. */
export function toQuery(filter: Filter): string {
  const query = new URLSearchParams();
  const put = (name: string, value: string): void => {
    if (value.trim() !== '') query.set(name, value.trim());
  };
  put('q', filter.text);
  for (const field of fieldNames) put(fields[field], filter[field]);
  put('modality', filter.modalities.join(','));
  if (filter.when === 'range') {
    put('from', filter.from);
    put('to', filter.to);
  } else if (filter.when !== 'any') {
    put('when', filter.when);
  }
  return query.toString();
}

/** Reads what `toQuery` wrote; what cannot be meant is left out. */
export function fromQuery(text: string): Filter {
  const query = new URLSearchParams(text);
  const day = (name: string): string => (/^\d{4}-\d{2}-\d{2}$/.test(query.get(name) ?? '') ? (query.get(name) ?? '') : '');
  const [from, to] = [day('from'), day('to')];
  const when = whens.find((candidate) => candidate === query.get('when')) ?? 'any';
  return {
    text: query.get('q') ?? '',
    name: query.get(fields.name) ?? '',
    patientId: query.get(fields.patientId) ?? '',
    accession: query.get(fields.accession) ?? '',
    institution: query.get(fields.institution) ?? '',
    modalities: [...new Set((query.get('modality') ?? '').split(','))].filter((code) => /^[A-Z0-9_]{2,16}$/.test(code)),
    when: from || to ? 'range' : when,
    from,
    to,
  };
}

/**
 * The searches whose matches together are the filter's. Each is one that the server reads off an index: a box that
 * may hold an id or a name is several searches, and several modalities are one each where nothing else leads.
 */
export function searches(filter: Filter, today: Date): Keys[] {
  const common: [string, string][] = [];
  if (filter.name.trim()) common.push(['PatientName', words(filter.name)]);
  if (filter.patientId.trim()) common.push(['PatientID', unescaped(filter.patientId)]);
  if (filter.accession.trim()) common.push(['AccessionNumber', unescaped(filter.accession)]);
  if (filter.institution.trim()) common.push(['InstitutionName', part(filter.institution)]);
  const dates = dateRange(filter, today);
  if (dates) common.push(['StudyDate', dates]);
  const boxes = boxKeys(filter.text);
  const isLed = common.some(([name]) => name !== 'StudyDate' && name !== 'InstitutionName') || boxes.some((keys) => keys.length > 0);
  const modalities = isLed ? [filter.modalities.join(',')].filter(Boolean) : filter.modalities;
  const ofModality: Keys[] = modalities.length === 0 ? [[]] : modalities.map((modality) => [['ModalitiesInStudy', modality]]);
  return boxes.flatMap((box) => ofModality.map((modality) => [...common, ...box, ...modality]));
}

/** A study UID is looked up. What may be an identifier is one or begins one, or is a name. Ideographs are a name. */
function boxKeys(text: string): Keys[] {
  const typed = unescaped(text);
  if (/^[*?\s]*$/.test(typed)) return [[]];
  if (/^\d+(\.\d+){5,}$/.test(typed)) return [[['StudyInstanceUID', typed]]];
  const name: Keys = [['PatientName', words(typed)]];
  if (!/^[!-~]+$/.test(typed)) return [name];
  const beginning = /[*?]/.test(typed) ? typed : `${typed}*`;
  return [[['PatientID', beginning]], [['AccessionNumber', beginning]], name];
}

/** Words of a name, whatever parts them: matched fuzzily, so in any order. */
function words(text: string): string {
  return unescaped(text).split(/[\s^=,\uff0c\u3001·]+/).filter(Boolean).join(' ');
}

function part(text: string): string {
  const typed = unescaped(text);
  return /[*?]/.test(typed) ? typed : `*${typed}*`;
}

/** A backslash parts values of a list (PS3.4 §C.2.2.2.4): nobody types one to mean that. */
function unescaped(text: string): string {
  return text.replaceAll('\\', ' ').trim();
}

/** DA range matching (PS3.4 §C.2.2.2.5.1) by the local calendar; empty: any date. */
export function dateRange(filter: Pick<Filter, 'when' | 'from' | 'to'>, today: Date): string {
  const back = (days: number): string => da(new Date(today.getFullYear(), today.getMonth(), today.getDate() - days));
  switch (filter.when) {
    case 'any': return '';
    case 'today': return back(0);
    case 'yesterday': return back(1);
    case 'week': return `${back(6)}-${back(0)}`;
    case 'month': return `${back(29)}-${back(0)}`;
    case 'range': {
      const [from, to] = [filter.from.replaceAll('-', ''), filter.to.replaceAll('-', '')];
      if (!from && !to) return '';
      return from && to && from > to ? `${to}-${from}` : `${from}-${to}`;
    }
  }
}

function da(date: Date): string {
  return `${date.getFullYear()}${String(date.getMonth() + 1).padStart(2, '0')}${String(date.getDate()).padStart(2, '0')}`;
}
