/** The language in force and the lookup of texts. */
import { en } from './en';
import type { enAccount } from './en-account';
import type { enConsole } from './en-console';
import type { enReading } from './en-reading';
import { zhCN } from './zh-CN';

export type Language = 'zh-CN' | 'en';
export type Key = keyof typeof en | keyof typeof enReading | keyof typeof enConsole | keyof typeof enAccount;
export type Texts = Readonly<Partial<Record<Key, string>>>;

/** What comes first; pages that come later bring their texts along. */
const catalogues: Record<Language, Texts> = { 'zh-CN': zhCN, en };

/** Texts of a page, before it is shown. */
export function bring(texts: Readonly<Record<Language, Texts>>): void {
  for (const language of ['zh-CN', 'en'] as const) catalogues[language] = { ...catalogues[language], ...texts[language] };
}

const remembered = 'yingyun.language';

class Locale {
  language = $state<Language>(initial());

  set(language: Language): void {
    this.language = language;
    localStorage.setItem(remembered, language);
    document.documentElement.lang = language;
  }

  toggle(): void {
    this.set(this.language === 'en' ? 'zh-CN' : 'en');
  }
}

/** What was chosen before, else the browser's first Chinese or English, else Chinese. */
function initial(): Language {
  const chosen = localStorage.getItem(remembered);
  if (chosen === 'en' || chosen === 'zh-CN') return chosen;
  for (const language of navigator.languages) {
    if (language.toLowerCase().startsWith('zh')) return 'zh-CN';
    if (language.toLowerCase().startsWith('en')) return 'en';
  }
  return 'zh-CN';
}

export const locale = new Locale();

/** The text of `key` in the language in force, `{name}` replaced from `values`. */
export function t(key: Key, values: Readonly<Record<string, string | number>> = {}): string {
  return fill(catalogues[locale.language][key] ?? key, values);
}

export function fill(pattern: string, values: Readonly<Record<string, string | number>>): string {
  return pattern.replace(/\{(\w+)\}/g, (whole, name: string) => {
    const value = values[name];
    return value === undefined ? whole : String(value);
  });
}
