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

  'glass.title': '紧急调阅',
  'glass.said': '您将在数小时内看到其他机构保存的该患者影像，不受患者禁止的限制。系统会记下您的姓名，告知双方机构，并进行审核。',
  'glass.id': '患者号',
  'glass.issuer': '患者号签发机构',
  'glass.reason': '原因',
  'glass.unconscious': '患者无法表达意愿',
  'glass.life_threatening': '危及生命，来不及征求同意',
  'glass.no_contact': '联系不到可以同意的人',
  'glass.other': '其他',
  'glass.words': '请说明理由',
  'glass.see': '查看影像',
};
