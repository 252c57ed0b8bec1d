/** PET、伪彩与图像融合的简体中文文本。 */
import type { pet as en } from './en-pet';

export const pet: Readonly<Record<keyof typeof en, string>> = {
  'preset.suv5': 'SUV 0–5',
  'preset.suv7': 'SUV 0–7',
  'preset.suv10': 'SUV 0–10',
  'preset.suv15': 'SUV 0–15',
  'preset.suv20': 'SUV 0–20',
  'viewer.over': '图像叠加',
  'tool.lines': '定位线',
  'tool.fusion': 'PET 融合',
  'fusion.none': '已打开的检查中没有 PET 序列。',
  'fusion.series': '序列',
  'fusion.map': '伪彩',
  'fusion.white': '上限（{unit}）',
  'fusion.stored': '原始值',
  'fusion.failed': 'PET 未能载入。',
  'fusion.memory': '该 PET 序列超出本设备的内存。',
  'fusion.where': '叠加于同一参考坐标系的图像。',
  'colours.hotIron': '热铁',
  'colours.pet': 'PET',
  'colours.hotMetalBlue': '热金属蓝',
  'colours.grey': '灰阶',
  'colours.inverse': '反转灰阶',
  'pet.suv': 'SUVbw',
  'pet.missing': '无法计算 SUV：缺少 {attribute}',
  'pet.unfit': '无法计算 SUV：{attribute} 为“{value}”',
};
