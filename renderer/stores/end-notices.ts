import { defineStore } from 'pinia';
import { ref } from 'vue';
import type { RunSummary } from '../../main/contract/api.ts';
import type { RunState } from '../../main/contract/run.ts';
import { studio } from '../bridge/index.ts';
import { endWords } from '../text/end-words.ts';

/**
 * Tells by the browser's notifications that a run has ended while nobody looks at the page. The person is asked when they press the
 * button for it, never unasked. The desktop app tells by itself, and its page is not allowed to.
 */
export const useEndNotices = defineStore('end-notices', () => {
  const permission = ref(typeof Notification === 'undefined' ? 'denied' : Notification.permission);
  const before = new Map<number, RunState>();
  studio.on((event) => {
    if (event.type !== 'run') return;
    const text = endWords(before.get(event.run.id), event.run.state);
    before.set(event.run.id, event.run.state);
    if (text !== null && permission.value === 'granted' && !document.hasFocus()) show(event.run, text);
  });
  const show = (run: RunSummary, body: string) => {
    const notification = new Notification(run.name, { body, tag: `run-${run.id}` });
    notification.onclick = () => {
      window.focus();
      window.location.hash = `#/runs/${run.id}`;
    };
  };
  const ask = async () => {
    permission.value = await Notification.requestPermission();
  };
  return { permission, ask };
});
