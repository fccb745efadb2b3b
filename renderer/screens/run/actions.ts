import { useRouter } from 'vue-router';
import type { RunSummary } from '../../../main/contract/api.ts';
import { studio } from '../../bridge/index.ts';
import { useDraft } from '../../stores/draft.ts';
import { useNotices } from '../../stores/notices.ts';
import type { RunAction } from '../../text/run-state.ts';

/** Does to a run what a button says; resolves to whether it could be done. The run's new state comes as an event. */
export function useRunActions(): (action: RunAction, run: RunSummary) => Promise<boolean> {
  const notices = useNotices();
  const draft = useDraft();
  const router = useRouter();
  return (action, run) =>
    notices.attempt(async () => {
      const { id } = run;
      switch (action) {
        case 'pause':
          await studio.call('runs.pause', { id });
          return;
        case 'resume':
          await studio.call('runs.resume', { id });
          return;
        case 'retry':
          await studio.call('runs.retry', { id });
          return;
        case 'keep':
          await studio.call('runs.checkpoint', { id });
          notices.say('A checkpoint is written: the run can be resumed from here.');
          return;
        case 'cancel':
          await studio.call('runs.cancel', { id });
          return;
        case 'remove':
          await studio.call('runs.trash', { ids: [id] });
          return;
        case 'clone':
          draft.clone(run);
          await router.push({ name: 'new', params: { step: 'review' } });
      }
    });
}
