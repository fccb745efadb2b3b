import { nextTick } from 'vue';
import { createRouter, createWebHashHistory } from 'vue-router';
import type { RouteRecordRaw } from 'vue-router';
import { parts } from './parts.ts';
import { steps } from './screens/wizard/steps.ts';
import { runError } from '../main/contract/errors.ts';
import { useDraft } from './stores/draft.ts';
import { useNotices } from './stores/notices.ts';

/** The id in an address, or null: addresses are typed by people too. */
const idOf = (value: unknown): number | null =>
  typeof value === 'string' && /^[1-9]\d{0,9}$/.test(value) ? Number(value) : null;

const routes: RouteRecordRaw[] = [
  { path: '/', name: 'home', component: parts.home, meta: { title: 'Home' } },
  { path: '/new/:step?', name: 'new', component: parts.wizard, props: true, meta: { title: 'New run' } },
  {
    path: '/runs',
    name: 'runs',
    component: parts.runs,
    props: { projectId: null },
    meta: { title: 'All runs' },
  },
  {
    path: '/projects/:id',
    name: 'project',
    component: parts.runs,
    props: (to) => ({ projectId: idOf(to.params['id']) }),
    meta: { title: 'Project' },
  },
  {
    path: '/runs/:id',
    name: 'run',
    component: parts.run,
    props: (to) => ({ id: idOf(to.params['id']) ?? 0 }),
    meta: { title: 'Run' },
  },
  {
    path: '/compare',
    name: 'compare',
    component: parts.compare,
    props: (to) => ({
      ids: String(to.query['runs'] ?? '')
        .split(',')
        .map(idOf)
        .filter((id) => id !== null),
    }),
    meta: { title: 'Compare' },
  },
  { path: '/sweeps', name: 'sweeps', component: parts.sweeps, meta: { title: 'Sweeps' } },
  { path: '/sweeps/new', name: 'new-sweep', component: parts.newSweep, meta: { title: 'New sweep' } },
  {
    path: '/sweeps/:id',
    name: 'sweep',
    component: parts.sweep,
    props: (to) => ({ id: idOf(to.params['id']) ?? 0 }),
    meta: { title: 'Sweep' },
  },
  { path: '/studies', name: 'studies', component: parts.studies, meta: { title: 'Studies' } },
  {
    path: '/studies/new/:study',
    name: 'new-study',
    component: parts.newStudy,
    props: (to) => ({ study: String(to.params['study']), from: idOf(to.query['from']) }),
    meta: { title: 'New study' },
  },
  {
    path: '/studies/:id',
    name: 'study',
    component: parts.study,
    props: (to) => ({ id: idOf(to.params['id']) ?? 0 }),
    meta: { title: 'Study' },
  },
  { path: '/settings', name: 'settings', component: parts.settings, meta: { title: 'Settings' } },
  { path: '/:rest(.*)*', name: 'not-found', component: parts.notFound, meta: { title: 'Not found' } },
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

/** The part of a screen could not be fetched: the screen before stays. */
router.onError((cause) => {
  const remedy = 'See whether Espalier still runs, then reload the page.';
  useNotices().complain(
    runError('studio/unreachable', 'This screen could not be fetched.', { remedy }, cause),
  );
});

/** On every new screen the heading takes the focus, or that of the section that the address names, so that a screen reader says where one is. */
router.afterEach((to, from) => {
  const section = /^#([a-z-]+)$/.exec(to.hash)?.[1];
  if (section === undefined && (from.name === undefined || to.path === from.path)) return;
  void nextTick(() => {
    const heading = section === undefined ? null : document.getElementById(section);
    if (heading === null) {
      window.scrollTo(0, 0);
      document.querySelector<HTMLElement>('h1')?.focus({ preventScroll: true });
    } else {
      heading.scrollIntoView();
      heading.focus({ preventScroll: true });
    }
  });
});
