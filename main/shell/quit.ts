import { app, dialog } from 'electron';
import type { Studio } from '../studio.ts';

/** Before the program ends, it asks while a run goes on, and lets the studio put everything away. */
export function quitInOrder(studio: Studio): void {
  let closing = false;
  const quit = async () => {
    if (studio.busy) {
      const { response } = await dialog.showMessageBox({
        type: 'question',
        message: 'A run is going on.',
        detail: 'It will be interrupted, and can be resumed from its last checkpoint.',
        buttons: ['Interrupt and quit', 'Go on'],
        defaultId: 1,
        cancelId: 1,
      });
      if (response === 1) {
        closing = false;
        return;
      }
    }
    await studio.close();
    app.exit(0);
  };
  app.on('before-quit', (event) => {
    event.preventDefault();
    if (closing) return;
    closing = true;
    void quit();
  });
}
