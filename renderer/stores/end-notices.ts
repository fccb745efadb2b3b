import { defineStore } from 'pinia';
import { ref } from 'vue';
import type { RunState } from '../../main/contract/run.ts';
import { studio } from '../bridge/index.ts';
import { endWords, type Ending } from '../text/end-words.ts';

/**
 * Tells by the browser's notifications that a run or a study has ended while nobody looks at the page. The person is asked when they press the
 * button for it, never unasked. The desktop app tells by itself, and its page is not allowed to.
 */
export const useEndNotices = defineStore('end-notices', () => {
  const permission = ref(typeof Notification === 'undefined' ? 'denied' : Notification.permission);
  /** The state that each was last seen in, by the address of its screen. */
  const before = new Map<string, RunState>();
  studio.on((event) => {
    if (event.type === 'run') look('run', `/runs/${event.run.id}`, event.run.name, event.run.state);
    if (event.type === 'study')
      look('study', `/studies/${event.study.id}`, event.study.title, event.study.state);
  });
  const look = (what: Ending, address: string, title: string, state: RunState) => {
    const body = endWords(what, before.get(address), state);
    before.set(address, state);
    if (body === null || permission.value !== 'granted' || document.hasFocus()) return;
    const notification = new Notification(title, { body, tag: address });
    notification.onclick = () => {
      window.focus();
      window.location.hash = `#${address}`;
    };
  };
  const ask = async () => {
    permission.value = await Notification.requestPermission();
  };
  return { permission, ask };
});
