/** Whether this page gets to know where dropped files lie: the desktop app's does, a browser's does not. */
export const seesPaths = window.espalier !== undefined;

/**
 * Where a dropped file or folder lies; the engine may read it from then on, as if it had been picked in a dialog.
 * @returns null in a browser, and for what is no file of this machine
 */
export async function pathOfDropped(file: File): Promise<string | null> {
  const path = await window.espalier?.pathOf(file);
  return typeof path === 'string' && path !== '' ? path : null;
}
