import { describe, expect, it } from 'vitest';
import type { DataSet } from '../../src/dicom/json';
import { framesInOrder } from '../../src/dicom/frames';
import type { Series, Study } from '../../src/dicom/study';
import { builtIn } from '../../src/hanging/built-in';
import { choices, derived } from '../../src/hanging/derive';
import { facts, isRelevant, place, ranked, score, type Item } from '../../src/hanging/match';
import { holds, type Protocol, type Viewport } from '../../src/hanging/protocol';
import { chestWall, regionsOf, shots } from '../../src/hanging/shots';
import { extent, fitting, isFlipped } from '../../src/hanging/stance';
import { read, write } from '../../src/hanging/validate';

let uids = 0;
const one = (value: string | number, vr = 'CS'): { vr: string; Value: (string | number)[] } => ({ vr, Value: [value] });

function study(more: Partial<Study> = {}): Study {
  const name = { Alphabetic: 'A' };
  return { uid: `1.${uids++}`, name, patientId: 'P', issuer: '', birthDate: '', sex: '', age: '', date: '20240229', time: '1000', accession: '', modalities: ['CT'], description: '', series: 1, images: 1, ...more };
}

function series(modality: string, description = '', more: Partial<Series> = {}): Series {
  return { uid: `2.${uids++}`, number: 1, modality, description, bodyPart: '', images: 1, ...more };
}

function item(of: Series, images: DataSet[] = [{}], at = 0): Item {
  const sets = images.map((set, index) => ({ '00080018': one(`3.${index}`, 'UI'), '00200013': one(index + 1, 'IS'), '00280010': one(8, 'US'), '00280011': one(8, 'US'), ...set }));
  return { study: at, series: of, shots: shots(framesInOrder(sets), of) };
}

const breast = (side: string, view: string): DataSet => ({ '00200062': one(side), '00185101': one(view) });
const turned = (...cosines: number[]): DataSet => ({ '00200037': { vr: 'DS', Value: cosines } });
const named = (id: string): Protocol => builtIn.find((protocol) => protocol.id === id) as Protocol;
const placed = (protocol: Protocol, list: Item[]): (string | undefined)[] => {
  const found = place(protocol, list, new Map());
  return protocol.viewports.map((_, at) => found.get(at) && `${list.indexOf(found.get(at)?.item as Item)}#${found.get(at)?.index}`);
};

describe('which protocol', () => {
  const best = (list: Series[], priors = 0): string | undefined => ranked(builtIn, facts(study(), list, undefined, priors))[0]?.id;

  it('is told by modality, number of images and priors', () => {
    expect(best([series('CT')])).toBe('ct');
    expect(best([series('CT')], 1)).toBe('ct-prior');
    expect(best([series('MG', '', { images: 4 })])).toBe('mg');
    expect(best([series('MG', '', { images: 4 })], 1)).toBe('mg');
    expect(best([series('DX'), series('DX')])).toBe('xray');
    expect(best([series('CR')])).toBe('one');
    expect(best([series('CR')], 1)).toBe('xray-prior');
    expect(best([series('CR', '', { images: 2 })], 1)).toBe('xray-pair-prior');
    expect(best([series('MR'), series('MR'), series('MR')])).toBe('mr');
    expect(best([series('PT'), series('CT')])).toBe('pet-ct');
    expect(best([series('XA')])).toBe('cine');
    expect(best([series('OP')])).toBe('one');
  });

  it('counts series without images for nothing', () => {
    expect(best([series('MR'), series('SR'), series('KO')])).toBe('one');
  });

  it('asks that all rules hold, and takes what tells most', () => {
    const of = facts(study({ description: 'Brain routine' }), [series('CT')], 'L', 0);
    expect(score({ modality: ['MR', 'CT'], bodyPart: ['HEAD'] }, of)).toBeGreaterThan(score({ modality: ['CT'] }, of) ?? 0);
    expect(score({ modality: ['CT'], description: 'chest' }, of)).toBeUndefined();
    expect(score({ laterality: 'R' }, of)).toBeUndefined();
    expect(score({ laterality: 'L', description: 'BRAIN|head' }, of)).toBe(10);
  });

  it('reads patterns without case: alternatives, anything between, and not', () => {
    expect(holds('Ax T2_FLAIR', 'dwi|t2 flair')).toBe(true);
    expect(holds('CHEST 1.0 B70', 'chest*b70')).toBe(true);
    expect(holds('B70 chest', 'chest*b70')).toBe(false);
    expect(holds('3-plane localizer', '!scout|local')).toBe(false);
    expect(holds('', '!scout')).toBe(true);
    expect(holds('a.c', 'a.c')).toBe(true);
    expect(holds('abc', 'a.c')).toBe(false);
  });
});

describe('what stands where', () => {
  it('of a mammography goes by side and view, in one series or in four, whatever the order', () => {
    const [lmlo, rcc, lcc, rmlo] = [breast('L', 'MLO'), breast('R', 'CC'), breast('L', 'CC'), breast('R', 'MLO')];
    expect(placed(named('mg'), [item(series('MG'), [lmlo, rcc, lcc, rmlo])])).toEqual(['0#1', '0#2', '0#3', '0#0']);
    expect(placed(named('mg'), [lmlo, rcc, lcc, rmlo].map((image) => item(series('MG'), [image])))).toEqual(['1#0', '2#0', '3#0', '0#0']);
    expect(placed(named('mg'), [item(series('MG'), [rcc])])).toEqual(['0#0', undefined, undefined, undefined]);
  });

  it('is told by the view code too (PS3.16 CID 4014), and by the description', () => {
    const coded = (code: string): DataSet => ({ '00540220': { vr: 'SQ', Value: [{ '00080100': one(code, 'SH') }] }, '00200062': one('L') });
    expect(item(series('MG'), [coded('399162004'), coded('R-10226')]).shots?.map(({ view }) => view)).toEqual(['CC', 'MLO']);
    const words = ['Chest PA', '胸部正位', 'Thorax LAT', '胸部侧位', 'L MLO', 'Capa'].map((text) => item(series('DX', text)).shots?.[0]?.view);
    expect(words).toEqual(['PA', 'PA', 'LAT', 'LAT', 'MLO', '']);
    expect(item(series('DX'), [{ '00185101': one('LL') }]).shots?.[0]?.view).toBe('LAT');
  });

  it('of an X-ray is frontal then lateral, and as it comes where no view is told', () => {
    expect(placed(named('xray'), [item(series('DX'), [{ '00185101': one('LL') }]), item(series('DX'), [{ '00185101': one('AP') }])])).toEqual(['1#0', '0#0']);
    expect(placed(named('xray'), [item(series('CR'), [{}, {}])])).toEqual(['0#0', '0#1']);
  });

  it('of an MR goes by plane, then by sequence, and a localizer comes last', () => {
    const [axial, sagittal, coronal] = [turned(1, 0, 0, 0, 1, 0), turned(0, 1, 0, 0, 0, -1), turned(1, 0, 0, 0, 0, -1)];
    const list = [item(series('MR', 'localizer'), [axial]), item(series('MR', 'Cor T2'), [coronal]), item(series('MR', 'Ax FLAIR'), [axial]), item(series('MR', 'Ax T2'), [axial]), item(series('MR', 'Sag T1'), [sagittal])];
    expect(placed(named('mr'), list)).toEqual(['3#0', '2#0', '4#0', '1#0']);
  });

  it('goes by thickness and by frames', () => {
    const asked = (pick: Viewport['series'][number]): Protocol => ({ ...named('one'), viewports: [{ series: [pick] }] });
    const list = [item(series('CT'), [{ '00180050': one(5, 'DS') }]), item(series('CT'), [{ '00180050': one(1, 'DS') }]), item(series('US'), [{ '00280008': one(3, 'IS') }])];
    expect(placed(asked({ thickness: { max: 1.5 } }), list)).toEqual(['1#0']);
    expect(placed(asked({ thickness: { min: 2 } }), list)).toEqual(['0#0']);
    expect(placed(asked({ frames: 'multiple' }), list)).toEqual(['2#0']);
  });

  it('of a prior is what is most like the series beside it', () => {
    const list = [item(series('CT', 'Chest lung')), item(series('CT', 'scout'), [{}], 1), item(series('CT', 'lung chest 1mm'), [{}], 1)];
    expect(placed(named('ct-prior'), list)).toEqual(['0#0', '2#0']);
    expect(placed(named('ct-prior'), list.slice(0, 1))).toEqual(['0#0', undefined]);
  });
});

describe('a relevant prior', () => {
  const now = study({ description: '胸部CT平扫' });
  const is = (prior: Partial<Study>, theirs: Series[] = []): boolean => isRelevant(now, [series('CT')], study({ date: '20230101', ...prior }), theirs);

  it('is earlier, of a shared modality, and of no other region', () => {
    expect(is({ description: 'CT chest' })).toBe(true);
    expect(is({ description: '' })).toBe(true);
    expect(is({ description: '头颅CT' })).toBe(false);
    expect(is({ description: 'CT chest', date: '20250101' })).toBe(false);
    expect(is({ description: 'Chest', modalities: ['MR'] })).toBe(false);
    expect(is({}, [series('CT', '', { bodyPart: 'HEAD' })])).toBe(false);
    expect(is({}, [series('CT', '', { bodyPart: 'CHEST' })])).toBe(true);
  });

  it('tells several regions', () => {
    expect([...regionsOf(study({ description: 'CT Chest/Abdomen' }), [])]).toEqual(['CHEST', 'ABDOMEN']);
    expect([...regionsOf(study({ description: 'T-spine' }), [])]).toContain('SPINE');
  });
});

describe('how an image stands', () => {
  it('is mirrored where its chest wall lies at the other edge (0020,0020)', () => {
    const facing = (row: string): DataSet => ({ '00200020': { vr: 'CS', Value: [row, 'F'] } });
    expect([chestWall(facing('A')), chestWall(facing('PL')), chestWall({})]).toEqual(['left', 'right', undefined]);
    expect(isFlipped({ series: [], flip: 'chestWall', align: 'right' }, facing('A'))).toBe(true);
    expect(isFlipped({ series: [], flip: 'chestWall', align: 'right' }, facing('P'))).toBe(false);
    expect(isFlipped({ series: [], flip: 'chestWall', align: 'right' }, {})).toBe(false);
    expect(isFlipped({ series: [], flip: 'horizontal' }, {})).toBe(true);
  });

  it('is measured in the patient: pixel spacing, or that of the detector without its magnification', () => {
    const size = { '00280010': one(100, 'US'), '00280011': one(50, 'US') };
    const detector = { ...size, '00181164': { vr: 'DS', Value: [0.25, 0.5] }, '00181114': one(2, 'DS') };
    expect(extent(detector)).toEqual([12.5, 12.5]);
    expect(extent({ ...detector, '00280030': { vr: 'DS', Value: [0.5, 4] } })).toEqual([200, 50]);
    expect(extent(size)).toEqual([50, 100]);
    const image = { ...size, '00280030': { vr: 'DS', Value: [2, 2] } };
    expect(fitting(image, [100, 100])).toBe(2);
    expect(fitting(image, [10, 100])).toBe(10);
    expect(fitting(image, [0, 0])).toBe(0);
  });
});

describe('a file of protocols', () => {
  const file = (change: (protocol: Record<string, unknown>) => void): string => {
    const protocol = JSON.parse(JSON.stringify(named('mg'))) as Record<string, unknown>;
    change(protocol);
    return JSON.stringify({ version: 1, protocols: [protocol] });
  };
  const faults = (json: string): string[] => {
    const found = read(json);
    return 'faults' in found ? found.faults.map(({ path, problem }) => `${path} ${problem}`) : [];
  };

  it('is read as it was written, the ones that come along too', () => {
    expect(read(write(builtIn))).toEqual({ protocols: JSON.parse(JSON.stringify(builtIn)) });
  });

  it('that is wrong is refused with the place of each fault', () => {
    expect(faults('{')).toEqual([' json']);
    expect(faults('[]')).toEqual([' object']);
    expect(faults('{"version":2,"protocols":[]}')).toEqual(['version choice']);
    expect(faults(file((it) => delete it['name']))).toEqual(['protocols[0].name missing']);
    expect(faults(file((it) => (it['rows'] = 9)))).toEqual(['protocols[0].rows number']);
    expect(faults(file((it) => (it['colums'] = 2)))).toEqual(['protocols[0].colums unknown']);
    expect(faults(file((it) => (it['when'] = { bodyPart: ['KIDNEY'] })))).toEqual(['protocols[0].when.bodyPart[0] choice']);
    expect(faults(file((it) => (it['viewports'] = [{ series: [{ plane: 'axail' }], window: { center: 1, width: 0 } }])))).toEqual(['protocols[0].viewports[0].series[0].plane choice', 'protocols[0].viewports[0].window.width number']);
    expect(faults(file((it) => (it['columns'] = 1)))).toEqual(['protocols[0].viewports list']);
    expect(faults(file((it) => (it['viewports'] = [{ series: [{ like: 1 }] }])))).toEqual(['protocols[0].viewports[0].series[0].like number']);
    expect(faults(JSON.stringify({ version: 1, protocols: [named('ct'), named('ct')] }))).toEqual(['protocols[1].id double']);
  });
});

describe('a protocol of what stands', () => {
  it('asks for the same again, then for the like of any description', () => {
    const of = item(series('MG', 'L|CC *new*'), [breast('L', 'CC')]);
    const viewport = derived({ study: 0, series: of.series, shot: of.shots?.[0], stance: { window: undefined, scale: 0.2, align: 'left', flip: false, cine: false }, isLinked: true, isPlaying: false, window: undefined });
    expect(viewport).toEqual({ series: [{ modality: 'MG', description: 'L CC  new', view: 'CC', laterality: 'L' }, { modality: 'MG', view: 'CC', laterality: 'L' }], scale: 'equal', align: 'left', flip: 'chestWall', link: 'a' });
    expect(place({ ...named('one'), viewports: [viewport] }, [of], new Map()).get(0)?.index).toBe(0);
    expect(choices({ modality: 'CT' })).toEqual([{ modality: 'CT' }]);
  });
});
