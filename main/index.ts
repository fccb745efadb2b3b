import { join } from 'node:path';
import { startApp } from './shell/app.ts';

/** The entry of the desktop app. */
startApp(join(import.meta.dirname, '..'));
