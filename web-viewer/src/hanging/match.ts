/** Which protocols are for a study, and what stands in each viewport of one. */
import { hasImages, likest, type Series, type Study } from '../dicom/study';
import { holds, type Pick, type Protocol, type Region, type Side, type When } from './protocol';
import { regionsOf, type Shot } from './shots';

/** What of a study the rules ask for. */
export interface Facts {
  readonly modalities: ReadonlySet<string>;
  readonly regions: ReadonlySet<Region>;
  readonly description: string;
  readonly side: Side | undefined;
  readonly series: number;
  readonly images: number;
  /** Relevant earlier studies. */
  readonly priors: number;
}

export function facts(study: Study, series: readonly Series[], side: Side | undefined, priors: number): Facts {
  const drawn = series.filter(hasImages);
  return {
    modalities: new Set(drawn.map(({ modality }) => modality)),
    regions: regionsOf(study, drawn),
    description: study.description,
    side,
    series: drawn.length,
    images: drawn.reduce((sum, { images }) => sum + images, 0),
    priors,
  };
}

/** The protocols that are for a study, best first: each rule that holds adds what it tells apart, ties keep their order. */
export function ranked(protocols: readonly Protocol[], of: Facts): Protocol[] {
  return protocols
    .map((protocol) => ({ protocol, score: score(protocol.when, of) }))
    .filter((found): found is { protocol: Protocol; score: number } => found.score !== undefined)
    .sort((a, b) => b.score + (b.protocol.score ?? 0) - a.score - (a.protocol.score ?? 0))
    .map(({ protocol }) => protocol);
}

/** What the rules give; none where one of them does not hold. */
export function score(when: When, of: Facts): number | undefined {
  const rules: readonly (readonly [asked: unknown, weight: number, holds: () => boolean])[] = [
    [when.modality, 10, () => when.modality?.some((modality) => of.modalities.has(modality)) === true],
    [when.bodyPart, 6, () => when.bodyPart?.some((region) => of.regions.has(region)) === true],
    [when.description, 6, () => holds(of.description, when.description ?? '')],
    [when.laterality, 4, () => of.side === when.laterality],
    [when.priors, 3, () => of.priors >= (when.priors ?? 0)],
    [when.series, 1, () => of.series >= (when.series ?? 0)],
    [when.images, 1, () => of.images >= (when.images ?? 0)],
  ];
  const asked = rules.filter(([rule]) => rule !== undefined);
  return asked.every(([, , isTrue]) => isTrue()) ? asked.reduce((sum, [, weight]) => sum + weight, 0) : undefined;
}

/** Whether an earlier study may be compared: it shares a modality, and nothing says that it shows another region. */
export function isRelevant(study: Study, series: readonly Series[], prior: Study, priorSeries: readonly Series[]): boolean {
  const modalities = new Set(series.length > 0 ? series.filter(hasImages).map(({ modality }) => modality) : study.modalities);
  const theirs = priorSeries.length > 0 ? priorSeries.filter(hasImages).map(({ modality }) => modality) : prior.modalities;
  const isEarlier = `${prior.date}${prior.time}` < `${study.date}${study.time}`;
  if (!isEarlier || !theirs.some((modality) => modalities.has(modality))) return false;
  const [own, other] = [regionsOf(study, series), regionsOf(prior, priorSeries)];
  return own.size === 0 || other.size === 0 || [...own].some((region) => other.has(region));
}

/** A series that may be hung. */
export interface Item {
  /** 0: of the study that is read; n: of its n-th prior. */
  readonly study: number;
  readonly series: Series;
  /** Its images; none while they are not known. */
  readonly shots: readonly Shot[] | undefined;
}

/** What stands in a viewport. */
export interface Placed {
  readonly item: Item;
  readonly index: number;
  /** Whether this very image was asked for, not only its series. */
  readonly isExact: boolean;
}

/** One image each, in a series of any number of them. */
const projections = new Set(['MG', 'CR', 'DX']);

/** Whether a choice can only be made by what the images say. */
export function needsImages(pick: Pick): boolean {
  return [pick.plane, pick.view, pick.laterality, pick.thickness, pick.frames].some((asked) => asked !== undefined);
}

/**
 * What stands in each viewport: first choices of all viewports before second ones, no series twice, of projections no
 * image twice. `held` stands already. `depth` choices are tried at most.
 */
export function place(protocol: Protocol, list: readonly Item[], held: ReadonlyMap<number, Placed>, depth = Number.POSITIVE_INFINITY): Map<number, Placed> {
  const out = new Map(held);
  const longest = Math.min(depth, Math.max(0, ...protocol.viewports.map(({ series }) => series.length)));
  const room = protocol.viewports.slice(0, protocol.rows * protocol.columns);
  for (let rank = 0; rank < longest; rank += 1) {
    for (const [at, { study = 0, series }] of room.entries()) {
      const pick = series[rank];
      if (!pick || out.has(at)) continue;
      const own = list.filter((item) => item.study === study && hasImages(item.series));
      const found = choose(pick, own, out);
      if (found) out.set(at, found);
    }
  }
  return out;
}

function choose(pick: Pick, list: readonly Item[], placed: ReadonlyMap<number, Placed>): Placed | undefined {
  const model = pick.like === undefined ? undefined : placed.get(pick.like - 1);
  if (pick.like !== undefined && !model) return undefined;
  const liked = model && likest(list.map(({ series }) => series), model.item.series);
  const taken = [...placed.values()];
  for (const item of list) {
    const isImage = projections.has(item.series.modality);
    if (pick.modality !== undefined && item.series.modality !== pick.modality) continue;
    if (pick.description !== undefined && !holds(item.series.description, pick.description)) continue;
    if (model && !isImage && item.series !== liked) continue;
    const others = taken.filter(({ item: { series } }) => series.uid === item.series.uid);
    if (!isImage && others.length > 0) continue;
    const index = image(pick, model, item, isImage ? others.map(({ index }) => index) : []);
    if (index !== undefined) return { item, index, isExact: isImage };
  }
  return undefined;
}

/** The first image that is as asked for and stands nowhere yet; the first one where nothing is asked and nothing known. */
function image(pick: Pick, model: Placed | undefined, { shots }: Item, taken: readonly number[]): number | undefined {
  if (!shots) return needsImages(pick) || taken.length > 0 ? undefined : 0;
  const like = model?.isExact ? model.item.shots?.[model.index] : undefined;
  const at = shots.findIndex((shot, index) => !taken.includes(index) && suits(pick, shot) && (!like || (like.view === shot.view && like.side === shot.side)));
  return at >= 0 ? at : undefined;
}

function suits({ plane, view, laterality, thickness, frames }: Pick, shot: Shot): boolean {
  return (
    (plane === undefined || shot.plane === plane) &&
    (view === undefined || shot.view === view.toUpperCase()) &&
    (laterality === undefined || shot.side === laterality) &&
    (frames === undefined || shot.isMultiFrame === (frames === 'multiple')) &&
    (thickness === undefined || (shot.thickness !== undefined && shot.thickness >= (thickness.min ?? 0) && shot.thickness <= (thickness.max ?? Number.POSITIVE_INFINITY)))
  );
}
