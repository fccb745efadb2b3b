import type { RunState } from '../../main/contract/run.ts';

export type StudyAction = 'pause' | 'resume' | 'cancel' | 'remove';

/** What a person may do with a study, the most likely first. */
export function studyActions(state: RunState): readonly StudyAction[] {
  switch (state) {
    case 'queued':
      return ['cancel', 'remove'];
    case 'preparing':
    case 'running':
      return ['pause', 'cancel'];
    case 'pausing':
    case 'paused':
      return ['resume', 'cancel'];
    case 'cancelling':
      return [];
    case 'finished':
      return ['remove'];
    case 'cancelled':
    case 'failed':
    case 'crashed':
    case 'interrupted':
      return ['resume', 'remove'];
  }
}
