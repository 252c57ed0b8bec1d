/** Brings the texts of one's own account along: whoever shows them imports this. */
import { enAccount } from './en-account';
import { bring } from './index.svelte';
import { zhCNAccount } from './zh-CN-account';

bring({ en: enAccount, 'zh-CN': zhCNAccount });
