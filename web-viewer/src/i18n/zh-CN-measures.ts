/** 图像毫米数的来源与图像校准的简体中文文本。 */
import type { measures as en } from './en-measures';

export const measures: Readonly<Record<keyof typeof en, string>> = {
  'spacing.geometry': '毫米（按几何关系校正放大）',
  'spacing.fiducial': '毫米（按已知尺寸物体校准）',
  'spacing.corrected': '毫米（已校正，方法未说明）',
  'spacing.detector': '毫米（探测器平面）',
  'spacing.magnified': '毫米（按估计放大率校正）',
  'spacing.none': '无像素间距：长度以 px 计',
  'spacing.user': '毫米（阅片者校准）',
  'calibrate.by': '用 {name} 校准',
  'calibrate.title': '校准图像',
  'calibrate.length': '线段的实际长度（mm）',
  'calibrate.hint': '此后该图像的长度和面积均以此换算为毫米。撤销可还原。',
  'calibrate.refused': '该图像自带患者体内的像素间距，不可手动校准。',
  'calibrate.remove': '取消校准',
  'calibrate.removeBy': '取消 {name} 所在图像的校准',
  'calibrate.do': '校准',
};
