/** What a window is called on screen. */
import type { Preset } from '../../dicom/windows';
import { t } from '../../i18n/index.svelte';

export function presetLabel({ name, label }: Preset): string {
  if (name === 'own') return label ?? t('preset.own');
  return label ? `${t(`preset.${name}`)} · ${label}` : t(`preset.${name}`);
}
