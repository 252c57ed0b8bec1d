/** The language in force and the lookup of texts. */
import { en, type Catalogue, type Key } from './en';
import { zhCN } from './zh-CN';

export type Language = 'zh-CN' | 'en';
export type { Key };

const catalogues: Readonly<Record<Language, Catalogue>> = { 'zh-CN': zhCN, en };
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
  return fill(catalogues[locale.language][key], values);
}

export function fill(pattern: string, values: Readonly<Record<string, string | number>>): string {
  return pattern.replace(/\{(\w+)\}/g, (whole, name: string) => {
    const value = values[name];
    return value === undefined ? whole : String(value);
  });
}
