import { createPinia } from 'pinia';
import { createApp } from 'vue';
import App from './App.vue';
import { fetchParts } from './parts.ts';
import { router } from './router.ts';
import { useRuns } from './stores/runs.ts';
import { useStartedStudies } from './stores/studies.ts';

/** Puts the studio on the page. */
export function start(): void {
  const app = createApp(App).use(createPinia());
  // What the shell shows is asked for first, and the shell is mounted in a task of its own meanwhile.
  useRuns();
  useStartedStudies();
  setTimeout(() => {
    app.use(router).mount('#app');
    void router.isReady().then(fetchParts);
  });
}
