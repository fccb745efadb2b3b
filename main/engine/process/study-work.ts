import type { EngineMessage, HostMessage } from '../../contract/messages.ts';
import type { StudyProgress } from '../../contract/study.ts';
import type { Control } from '../base/control.ts';
import { runStudy } from '../study/frame/session.ts';

/** A step tells its host how far it is no more often than this. */
const TELL_MS = 300;

/**
 * A study in a process of its own: it goes on from its folder's checkpoint where there is one.
 * @throws EspalierError, CancelledError as `runStudy`
 */
export async function workOnStudy(
  message: Extract<HostMessage, { type: 'study' }>,
  control: Control,
  send: (message: EngineMessage) => void,
): Promise<void> {
  send({ type: 'state', state: 'running' });
  await runStudy({ ...message, shown: message.folder, resume: true }, control, {
    progress: sparing((progress) => send({ type: 'study-progress', progress })),
    result: () => undefined,
  });
}

/** Passes on what is new: a step that begins, the end, and in between now and then. */
function sparing(tell: (progress: StudyProgress) => void): (progress: StudyProgress) => void {
  let last = -Infinity;
  let done = -1;
  return (progress) => {
    const now = performance.now();
    if (progress.done === done && now - last < TELL_MS) return;
    last = now;
    done = progress.done;
    tell(progress);
  };
}
