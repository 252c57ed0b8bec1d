/** The protocols that come with the viewer, in the form of docs/hanging.md. Those of a user stand before them. */
import type { Pick, Plane, Protocol, Viewport } from './protocol';

const breast = (laterality: 'R' | 'L', view: 'CC' | 'MLO', study = 0): Viewport => ({
  study,
  series: [{ modality: 'MG', view, laterality, frames: 'single' }, { modality: 'MG', view, laterality }],
  scale: 'equal',
  align: laterality === 'R' ? 'right' : 'left',
  flip: 'chestWall',
});

const breasts = (study = 0): Viewport[] => [breast('R', 'CC', study), breast('L', 'CC', study), breast('R', 'MLO', study), breast('L', 'MLO', study)];

const noScout = '!local|scout|survey|topogram|定位';
const frontal: readonly Pick[] = [{ view: 'PA' }, { view: 'AP' }, {}];
// As long as the frontal one: an image that tells no view goes to the first viewport.
const sideways: readonly Pick[] = [{ view: 'LAT' }, { view: 'LAT' }, {}];
const xray = ['CR', 'DX'];
const inPlane = (plane: Plane, description: string): Viewport => ({
  series: [{ modality: 'MR', plane, description }, { modality: 'MR', plane, description: noScout }, { modality: 'MR', description: noScout }, { modality: 'MR' }],
});

export const builtIn: readonly Protocol[] = [
  {
    id: 'mg', name: { en: 'Mammography', zh: '乳腺四视图' },
    when: { modality: ['MG'], images: 2 }, rows: 2, columns: 2, viewports: breasts(),
  },
  {
    id: 'mg-prior', name: { en: 'Mammography with prior', zh: '乳腺四视图与既往' },
    when: { modality: ['MG'], images: 2, priors: 1 }, score: -8, rows: 2, columns: 4, viewports: [...breasts(), ...breasts(1)],
  },
  {
    id: 'pet-ct', name: { en: 'PET/CT', zh: 'PET/CT' },
    when: { modality: ['PT'], series: 2 }, score: 5, rows: 1, columns: 2,
    viewports: [
      { series: [{ modality: 'CT', description: noScout }, { modality: 'CT' }], link: 'a', scale: 'equal' },
      { series: [{ modality: 'PT' }], link: 'a', scale: 'equal' },
    ],
  },
  {
    id: 'ct', name: { en: 'CT', zh: 'CT' },
    when: { modality: ['CT'] }, rows: 1, columns: 1, viewports: [{ series: [{ modality: 'CT' }, {}] }],
  },
  {
    id: 'ct-prior', name: { en: 'CT with prior', zh: 'CT 与既往对比' },
    when: { modality: ['CT'], priors: 1 }, rows: 1, columns: 2,
    viewports: [
      { series: [{ modality: 'CT' }], link: 'a' },
      { study: 1, series: [{ like: 1 }, { modality: 'CT', description: noScout }, { modality: 'CT' }], link: 'a' },
    ],
  },
  {
    id: 'mr', name: { en: 'MR, four planes', zh: 'MR 四格' },
    when: { modality: ['MR'], series: 3 }, rows: 2, columns: 2,
    viewports: [inPlane('axial', 't2'), inPlane('axial', 't1|flair|dwi'), inPlane('sagittal', 't1|t2'), inPlane('coronal', 't1|t2|stir')],
  },
  {
    id: 'xray', name: { en: 'X-ray, frontal and lateral', zh: 'X 线正侧位' },
    when: { modality: xray, images: 2 }, rows: 1, columns: 2, viewports: [{ series: frontal }, { series: sideways }],
  },
  {
    id: 'xray-prior', name: { en: 'X-ray with prior', zh: 'X 线与既往对比' },
    when: { modality: xray, priors: 1 }, rows: 1, columns: 2,
    viewports: [{ series: frontal }, { study: 1, series: [{ like: 1 }, ...frontal] }],
  },
  {
    id: 'xray-pair-prior', name: { en: 'X-ray, two views with prior', zh: 'X 线正侧位与既往对比' },
    when: { modality: xray, images: 2, priors: 1 }, rows: 2, columns: 2,
    viewports: [{ series: frontal }, { series: sideways }, { study: 1, series: frontal }, { study: 1, series: sideways }],
  },
  {
    id: 'cine', name: { en: 'Cine', zh: '动态播放' },
    when: { modality: ['US', 'XA', 'RF'] }, rows: 1, columns: 1, viewports: [{ series: [{ frames: 'multiple' }, {}], cine: true }],
  },
  { id: 'one', name: { en: 'One viewport', zh: '单视口' }, when: {}, rows: 1, columns: 1, viewports: [{ series: [{}] }] },
];
