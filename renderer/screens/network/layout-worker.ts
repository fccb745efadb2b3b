import type { Edge } from './box.ts';
import { layOut } from './layout.ts';

/** Lays networks out beside the page, which stays free to answer: told `[count, edges]`, tells the layout. */
addEventListener('message', ({ data: [count, edges] }: MessageEvent<[number, readonly Edge[]]>) => {
  postMessage(layOut(count, edges));
});
