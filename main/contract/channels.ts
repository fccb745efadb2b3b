/** Apart from the schemas, so that the preload script stays a few lines when it is bundled. */

/** IPC channels between the preload script and the main process. */
export const channels = { call: 'studio:call', event: 'studio:event', dropped: 'studio:dropped' } as const;
