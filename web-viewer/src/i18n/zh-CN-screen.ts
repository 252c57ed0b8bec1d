/** 页面整体的简体中文文本：视口编号、全屏、第二屏。 */
import type { screen as en } from './en-screen';

export const screen: Readonly<Record<keyof typeof en, string>> = {
  'viewer.viewportNumber': '图像视口 {n}',
  'tool.alone': '单个视口占满 / 还原',
  'help.oneFinger': '单指',
  'help.twoFingers': '双指',
  'help.twoFingersDo': '平移与缩放',
  'help.doubleTap': '双击屏幕',
  'tool.second': '第二屏',
  'viewer.closeWindow': '关闭窗口',
  'screen.full': '全屏：按 Esc 退出',
  'screen.notFull': '浏览器未允许全屏',
  'screen.blocked': '浏览器阻止了新窗口：请允许本站弹出窗口',
  'tool.previousStudy': '列表中的上一检查',
  'tool.nextStudy': '列表中的下一检查',
  'help.studies': '列表中的上一／下一检查',
  'study.inList': '列表中的检查',
  'study.at': '第 {at} / {of} 项',
  'study.noFurther': '列表中没有更多检查',
  'study.noList': '该检查不是从列表打开的',
};
