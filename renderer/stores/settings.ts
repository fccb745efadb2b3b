import { defineStore } from 'pinia';
import { ref, watchEffect } from 'vue';
import type { Settings } from '../../main/contract/api.ts';
import { NOWHERE } from '../../main/contract/executors.ts';
import { studio } from '../bridge/index.ts';
import { useNotices } from './notices.ts';

export type Theme = Settings['theme'];
const key = 'espalier.theme';
const themes: readonly Theme[] = ['system', 'light', 'dark'];

/** The person's settings. The theme is also kept in the page, so that the first paint has it. */
export const useSettings = defineStore('settings', () => {
  const kept = themes.find((theme) => theme === localStorage.getItem(key));
  const settings = ref<Settings>({
    theme: kept ?? 'system',
    device: 'auto',
    checkpointDays: null,
    elsewhere: NOWHERE,
  });
  const prefersDark = matchMedia('(prefers-color-scheme: dark)');
  const dark = ref(false);

  const look = () => {
    const { theme } = settings.value;
    localStorage.setItem(key, theme);
    if (theme === 'system') delete document.documentElement.dataset['theme'];
    else document.documentElement.dataset['theme'] = theme;
    dark.value = theme === 'dark' || (theme === 'system' && prefersDark.matches);
  };
  watchEffect(look);
  prefersDark.addEventListener('change', look);

  const load = async () => {
    settings.value = await studio.call('settings.get', null);
  };
  const change = async (part: Partial<Settings>) => {
    const before = settings.value;
    settings.value = { ...before, ...part };
    const done = await useNotices().attempt(async () => {
      settings.value = await studio.call('settings.set', part);
    });
    if (!done) settings.value = before;
  };
  return { settings, dark, load, change };
});
