/** 简体中文文本：本人账户。 */
import type { enAccount } from './en-account';

export const zhCNAccount: Readonly<Record<keyof typeof enAccount, string>> = {
  'account.factor': '动态验证码',
  'account.why': '除密码外，登录时还须输入只有您的手机才显示的验证码。',
  'account.begin': '开始设置',
  'account.scan': '用身份验证应用扫描此图，或手动输入密钥，然后输入应用显示的验证码。',
  'account.qr': '身份验证应用的密钥',
  'account.confirm': '启用',
  'account.on': '登录时须输入应用显示的验证码。',
  'account.remove': '停用',
  'account.lost': '手机丢失？账户管理员可以为您停用。',
};
