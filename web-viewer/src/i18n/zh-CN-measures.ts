/** 图像毫米数来源的简体中文文本。 */
import type { measures as en } from './en-measures';

export const measures: Readonly<Record<keyof typeof en, string>> = {
  'spacing.geometry': '毫米（按几何关系校正放大）',
  'spacing.fiducial': '毫米（按已知尺寸物体校准）',
  'spacing.corrected': '毫米（已校正，方法未说明）',
  'spacing.detector': '毫米（探测器平面）',
  'spacing.magnified': '毫米（按估计放大率校正）',
  'spacing.none': '无像素间距：长度以 px 计',
};
