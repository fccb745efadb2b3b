import { createPinia } from 'pinia';
import { createApp } from 'vue';
import App from './App.vue';
import { fetchParts } from './parts.ts';
import { router } from './router.ts';

/** Puts the studio on the page. */
export function start(): void {
  createApp(App).use(createPinia()).use(router).mount('#app');
  void router.isReady().then(fetchParts);
}
