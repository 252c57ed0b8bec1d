/** Brings the texts of the administrators' console along: whoever shows them imports this. */
import { enConsole } from './en-console';
import { bring } from './index.svelte';
import { zhCNConsole } from './zh-CN-console';

bring({ en: enConsole, 'zh-CN': zhCNConsole });
