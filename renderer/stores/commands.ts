import { defineStore } from 'pinia';
import { onScopeDispose, ref, shallowRef } from 'vue';
import { type CommandId, commands, isBare, isKey } from '../text/commands.ts';

interface Offer {
  readonly id: CommandId;
  readonly run: () => unknown;
  readonly when: () => boolean;
}

const key = 'espalier.bareKeys';

/** Which commands can be done now, by what is on the screen, and which key does them. */
export const useCommands = defineStore('commands', () => {
  const offers = shallowRef<readonly Offer[]>([]);
  /** Keys without Ctrl or Cmd can be turned off: who speaks to the computer may hit them unawares (WCAG 2.1.4). */
  const bareKeys = ref(localStorage.getItem(key) !== 'off');
  const setBareKeys = (on: boolean) => {
    bareKeys.value = on;
    localStorage.setItem(key, on ? 'on' : 'off');
  };

  /** What a command does now; the offer made last counts. */
  const offered = (id: CommandId) => offers.value.findLast((offer) => offer.id === id && offer.when());
  const offer = (made: Offer) => {
    offers.value = [...offers.value, made];
    return () => {
      offers.value = offers.value.filter((one) => one !== made);
    };
  };
  /** Does a command; false where it cannot be done now. */
  const run = (id: CommandId): boolean => {
    const found = offered(id);
    if (found !== undefined) void found.run();
    return found !== undefined;
  };

  const press = (event: KeyboardEvent) => {
    if (event.defaultPrevented || event.isComposing || event.repeat) return;
    const hit = commands.flatMap(({ id, keys }) =>
      keys.filter((one) => isKey(event, one)).map((one) => ({ id, key: one })),
    )[0];
    if (hit === undefined || offered(hit.id) === undefined) return;
    const typing = takesText(event.target);
    if (isBare(hit.key) && (typing || !bareKeys.value)) return;
    // Fields of text have an undoing of their own.
    if (typing && (hit.id === 'undo' || hit.id === 'redo')) return;
    // What lies behind a dialog is not to be changed from within it.
    if (document.querySelector('[role=dialog], [role=alertdialog]') !== null) return;
    event.preventDefault();
    run(hit.id);
  };
  return { offer, offered, run, press, bareKeys, setBareKeys };
});

/** Says what a command does while this part of the page is there. */
export function useCommand(id: CommandId, run: () => unknown, when: () => boolean = () => true): void {
  onScopeDispose(useCommands().offer({ id, run, when }));
}

/** Whether keys are letters here. */
function takesText(target: EventTarget | null): boolean {
  if (target instanceof HTMLInputElement) return !['checkbox', 'radio', 'range'].includes(target.type);
  return (
    target instanceof HTMLTextAreaElement ||
    target instanceof HTMLSelectElement ||
    (target instanceof HTMLElement && target.isContentEditable)
  );
}
