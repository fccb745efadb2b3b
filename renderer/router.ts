import { nextTick } from 'vue';
import { createRouter, createWebHashHistory } from 'vue-router';
import type { RouteRecordRaw } from 'vue-router';
import CompareScreen from './screens/compare/CompareScreen.vue';
import HomeScreen from './screens/home/HomeScreen.vue';
import NotFoundScreen from './screens/NotFoundScreen.vue';
import RunScreen from './screens/run/RunScreen.vue';
import RunsScreen from './screens/run-list/RunsScreen.vue';
import NewSweepScreen from './screens/sweeps/NewSweepScreen.vue';
import SweepScreen from './screens/sweeps/SweepScreen.vue';
import SweepsScreen from './screens/sweeps/SweepsScreen.vue';
import SettingsScreen from './screens/settings/SettingsScreen.vue';
import WizardScreen from './screens/wizard/WizardScreen.vue';
import { steps } from './screens/wizard/steps.ts';
import { useDraft } from './stores/draft.ts';

/** The id in an address, or null: addresses are typed by people too. */
const idOf = (value: unknown): number | null =>
  typeof value === 'string' && /^[1-9]\d{0,9}$/.test(value) ? Number(value) : null;

const routes: RouteRecordRaw[] = [
  { path: '/', name: 'home', component: HomeScreen, meta: { title: 'Home' } },
  { path: '/new/:step?', name: 'new', component: WizardScreen, props: true, meta: { title: 'New run' } },
  {
    path: '/runs',
    name: 'runs',
    component: RunsScreen,
    props: { projectId: null },
    meta: { title: 'All runs' },
  },
  {
    path: '/projects/:id',
    name: 'project',
    component: RunsScreen,
    props: (to) => ({ projectId: idOf(to.params['id']) }),
    meta: { title: 'Project' },
  },
  {
    path: '/runs/:id',
    name: 'run',
    component: RunScreen,
    props: (to) => ({ id: idOf(to.params['id']) ?? 0 }),
    meta: { title: 'Run' },
  },
  {
    path: '/compare',
    name: 'compare',
    component: CompareScreen,
    props: (to) => ({
      ids: String(to.query['runs'] ?? '')
        .split(',')
        .map(idOf)
        .filter((id) => id !== null),
    }),
    meta: { title: 'Compare' },
  },
  { path: '/sweeps', name: 'sweeps', component: SweepsScreen, meta: { title: 'Sweeps' } },
  { path: '/sweeps/new', name: 'new-sweep', component: NewSweepScreen, meta: { title: 'New sweep' } },
  {
    path: '/sweeps/:id',
    name: 'sweep',
    component: SweepScreen,
    props: (to) => ({ id: idOf(to.params['id']) ?? 0 }),
    meta: { title: 'Sweep' },
  },
  { path: '/settings', name: 'settings', component: SettingsScreen, meta: { title: 'Settings' } },
  { path: '/:rest(.*)*', name: 'not-found', component: NotFoundScreen, meta: { title: 'Not found' } },
];

export const router = createRouter({ history: createWebHashHistory(), routes });

/** The desktop app opens a file with this address: a new run begins with its network. */
router.beforeEach((to) => {
  const file = to.query['file'];
  if (to.name !== 'new' || typeof file !== 'string') return true;
  const draft = useDraft();
  draft.beginNew();
  draft.edit(['network'], file);
  return { name: 'new', params: { step: steps[0].id }, replace: true };
});

/** On every new screen the heading takes the focus, so that a screen reader says where one is. */
router.afterEach((to, from) => {
  if (from.name === undefined || to.path === from.path) return;
  void nextTick(() => {
    window.scrollTo(0, 0);
    document.querySelector<HTMLElement>('h1')?.focus({ preventScroll: true });
  });
});
