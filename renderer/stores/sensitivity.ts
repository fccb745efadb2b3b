import { defineStore } from 'pinia';
import type { SolvedSensitivity } from '../../main/contract/sensitivity.ts';
import { studio } from '../bridge/index.ts';
import { useMeasurement } from './measurement.ts';

/** What each layer of the draft's network may lose by itself; shares that are solved for its budget may be of another one than now. */
export const useSensitivity = defineStore('sensitivity', () =>
  useMeasurement<SolvedSensitivity>(
    'wizard-sensitivity',
    ({ network, output, data, seed, init, dense, paradigm, prune }) => {
      const { layers: _layers, scope: _scope, cap: _cap, ...scored } = prune;
      return { network, output, data, seed, init, dense, paradigm, scored };
    },
    (args) => studio.call('recipes.sensitivity', args),
  ),
);
