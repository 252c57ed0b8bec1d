/** 页面整体的简体中文文本：视口编号、全屏、第二屏。 */
import type { screen as en } from './en-screen';

export const screen: Readonly<Record<keyof typeof en, string>> = {
  'viewer.viewportNumber': '图像视口 {n}',
  'tool.alone': '单个视口占满 / 还原',
};
