import { ref } from 'vue';
import { useRouter } from 'vue-router';
import { studio } from '../bridge/index.ts';
import { formatPlural } from '../text/format.ts';
import { useNotices } from './notices.ts';
import { useProjects } from './projects.ts';

/** Makes a project of an archive and shows it. */
export function useImport() {
  const notices = useNotices();
  const projects = useProjects();
  const router = useRouter();
  const busy = ref(false);
  const bring = (path: string) =>
    notices.attempt(async () => {
      busy.value = true;
      try {
        const project = await studio.call('projects.import', { path });
        await projects.reload();
        notices.say(`${project.name} is here, with ${formatPlural(project.runs, 'run')}.`);
        await router.push({ name: 'project', params: { id: project.id } });
      } finally {
        busy.value = false;
      }
    });
  return { busy, bring };
}
