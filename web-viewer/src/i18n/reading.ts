/** Brings the texts of the reading page and the settings along: whoever shows them imports this. */
import { enReading } from './en-reading';
import { bring } from './index.svelte';
import { zhCNReading } from './zh-CN-reading';

bring({ en: enReading, 'zh-CN': zhCNReading });
