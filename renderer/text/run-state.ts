import type { RunSummary } from '../../main/contract/api.ts';
import type { RunState } from '../../main/contract/run.ts';

/** How a state looks and reads. `tone` is shape and colour together: never colour alone. */
export interface StateLook {
  readonly word: string;
  readonly tone: 'waiting' | 'busy' | 'held' | 'good' | 'bad' | 'ended';
  /** Whether a process works on the run, or waits to. */
  readonly live: boolean;
}

export function stateLook(state: RunState): StateLook {
  switch (state) {
    case 'queued':
      return { word: 'Queued', tone: 'waiting', live: true };
    case 'preparing':
      return { word: 'Preparing', tone: 'busy', live: true };
    case 'running':
      return { word: 'Running', tone: 'busy', live: true };
    case 'pausing':
      return { word: 'Pausing', tone: 'held', live: true };
    case 'paused':
      return { word: 'Paused', tone: 'held', live: true };
    case 'cancelling':
      return { word: 'Cancelling', tone: 'ended', live: true };
    case 'cancelled':
      return { word: 'Cancelled', tone: 'ended', live: false };
    case 'finished':
      return { word: 'Finished', tone: 'good', live: false };
    case 'failed':
      return { word: 'Failed', tone: 'bad', live: false };
    case 'crashed':
      return { word: 'Crashed', tone: 'bad', live: false };
    case 'interrupted':
      return { word: 'Interrupted', tone: 'ended', live: false };
  }
}

export type RunAction = 'pause' | 'keep' | 'resume' | 'retry' | 'cancel' | 'clone' | 'remove';

/** What a person may do with a run, the most likely first. */
export function runActions(run: Pick<RunSummary, 'state' | 'resumable' | 'executor'>): readonly RunAction[] {
  // What another machine does can be ended, again where it does not obey; it cannot wait in its place.
  if (run.executor !== undefined && stateLook(run.state).live) return ['cancel', 'clone'];
  switch (run.state) {
    case 'queued':
    case 'preparing':
      return ['cancel', 'clone'];
    case 'running':
      return ['pause', 'keep', 'cancel', 'clone'];
    case 'pausing':
      return ['cancel', 'clone'];
    case 'paused':
      return ['resume', 'cancel', 'clone'];
    case 'cancelling':
      return ['clone'];
    case 'finished':
      return ['clone', 'remove'];
    case 'failed':
    case 'crashed':
      return ['retry', 'clone', 'remove'];
    case 'cancelled':
    case 'interrupted':
      return [run.resumable ? 'resume' : 'retry', 'clone', 'remove'];
  }
}

/** What happened and what to do, for the states that need a word; null where the page speaks for itself. */
export function stateStory(run: Pick<RunSummary, 'state' | 'resumable' | 'executor'>): StateStory | null {
  const again = run.resumable
    ? 'goes on from the last checkpoint'
    : 'starts again: there is no checkpoint yet';
  const goOn = run.resumable
    ? 'Resume goes on from the last checkpoint and comes to the same result.'
    : `Retry ${again}.`;
  switch (run.state) {
    case 'queued':
      if (run.executor !== undefined) {
        return {
          title: 'Waiting for another machine',
          text: 'It was handed over. It starts as soon as a worker takes it; the page of its sweep tells who does.',
        };
      }
      return {
        title: 'Waiting its turn',
        text: 'Another run is at work. This one starts by itself when that one ends.',
      };
    case 'preparing':
      return { title: 'Preparing', text: 'Reading the data, building the network and planning the stages.' };
    case 'pausing':
      return {
        title: 'Pausing',
        text: 'The step under way is finished first, then a checkpoint is written.',
      };
    case 'paused':
      return { title: 'Paused', text: 'Nothing is lost. Resume goes on exactly where it stopped.' };
    case 'cancelling':
      return { title: 'Cancelling', text: 'The run is being stopped; its last checkpoint is kept.' };
    case 'cancelled':
      return { title: 'You cancelled this run', text: goOn };
    case 'failed':
      return {
        title: 'This run failed',
        text: `Retry ${again}, with the same recipe: it helps when the cause lay outside, such as a full disk. To change the recipe, clone it.`,
      };
    case 'crashed':
      return {
        title: 'The process of this run died',
        text: `It was ended from outside or ran out of memory. Retry ${again}.`,
      };
    case 'interrupted':
      return { title: 'Espalier was closed while this run was at work', text: goOn };
    case 'running':
    case 'finished':
      return null;
  }
}

export interface StateStory {
  readonly title: string;
  readonly text: string;
}
