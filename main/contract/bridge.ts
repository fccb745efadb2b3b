import { z } from 'zod';
import { problemSchema } from './messages.ts';

/** How one call of the studio's API is answered, whatever carries it: a result, or the problem that prevented it. */
export const replySchema = z.discriminatedUnion('ok', [
  z.object({ ok: z.literal(true), result: z.unknown() }),
  z.object({ ok: z.literal(false), problem: problemSchema }),
]);
export type Reply = z.infer<typeof replySchema>;

/** All that the preload script gives to the page, as `window.espalier`. Both ends check what crosses. */
export interface PreloadBridge {
  /** Resolves to a `Reply`; rejects only when the main process cannot be reached. */
  call(name: string, args: unknown): Promise<unknown>;
  /** Hands every `StudioEvent` to the listener until the returned function is called. */
  subscribe(listener: (event: unknown) => void): () => void;
  /** Where a file lies that a person dropped on the page, '' for one that was made in it; the studio may read it from then on. */
  pathOf(file: File): Promise<unknown>;
}

/** Paths of the loopback server. */
export const routes = {
  api: '/api/',
  events: '/events',
  download: '/download/',
  report: '/report/',
} as const;
