/** PET、伪彩与图像融合的简体中文文本。 */
import type { pet as en } from './en-pet';

export const pet: Readonly<Record<keyof typeof en, string>> = {
  'preset.suv5': 'SUV 0–5',
  'preset.suv7': 'SUV 0–7',
  'preset.suv10': 'SUV 0–10',
  'preset.suv15': 'SUV 0–15',
  'preset.suv20': 'SUV 0–20',
  'tool.lines': '定位线',
  'pet.suv': 'SUVbw',
  'pet.missing': '无法计算 SUV：缺少 {attribute}',
  'pet.unfit': '无法计算 SUV：{attribute} 为“{value}”',
};
