/** 页面整体的简体中文文本：视口编号、全屏、第二屏。 */
import type { screen as en } from './en-screen';

export const screen: Readonly<Record<keyof typeof en, string>> = {
  'viewer.viewportNumber': '图像视口 {n}',
  'tool.alone': '单个视口占满 / 还原',
  'tool.second': '第二屏',
  'viewer.closeWindow': '关闭窗口',
  'screen.full': '全屏：按 Esc 退出',
  'screen.notFull': '浏览器未允许全屏',
  'screen.blocked': '浏览器阻止了新窗口：请允许本站弹出窗口',
};
