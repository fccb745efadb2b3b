import { defineStore } from 'pinia';
import type { SpeedForecast } from '../../main/contract/speed.ts';
import { studio } from '../bridge/index.ts';
import { useMeasurement } from './measurement.ts';

/** How fast the draft's network will be on this machine, shown at every step that tells of it. */
export const useSpeed = defineStore('speed', () =>
  useMeasurement<SpeedForecast>(
    'wizard-speed',
    ({ name: _name, baseline: _baseline, ...rest }) => rest,
    (args) => studio.call('recipes.speed', args),
  ),
);
