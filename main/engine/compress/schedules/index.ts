import { Registry } from '../../base/registry.ts';
import { cubic } from './cubic.ts';
import { iterative } from './iterative.ts';
import { linear } from './linear.ts';
import { oneShot } from './one-shot.ts';
import type { Schedule } from './schedule.ts';

export const schedules = new Registry<Schedule>('schedule', [oneShot, iterative, linear, cubic]);
