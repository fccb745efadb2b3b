/** The screens, each a part of its own, so that the first one is there sooner. */
export const parts = {
  home: () => import('./screens/home/HomeScreen.vue'),
  compare: () => import('./screens/compare/CompareScreen.vue'),
  notFound: () => import('./screens/NotFoundScreen.vue'),
  run: () => import('./screens/run/RunScreen.vue'),
  runs: () => import('./screens/run-list/RunsScreen.vue'),
  newSweep: () => import('./screens/sweeps/NewSweepScreen.vue'),
  sweep: () => import('./screens/sweeps/SweepScreen.vue'),
  sweeps: () => import('./screens/sweeps/SweepsScreen.vue'),
  studies: () => import('./screens/studies/StudiesScreen.vue'),
  newStudy: () => import('./screens/studies/NewStudyScreen.vue'),
  study: () => import('./screens/studies/StudyScreen.vue'),
  settings: () => import('./screens/settings/SettingsScreen.vue'),
  wizard: () => import('./screens/wizard/WizardScreen.vue'),
};

/**
 * Fetches them one after the other as soon as the page has nothing else to do: a screen must not depend on a studio that answers just
 * when it is opened first. What cannot be had now is asked for again by whoever opens it.
 */
export async function fetchParts(): Promise<void> {
  for (const fetchPart of Object.values(parts)) {
    await new Promise((idle) => requestIdleCallback(idle, { timeout: 2_000 }));
    await fetchPart().catch(() => undefined);
  }
}
