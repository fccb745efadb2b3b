import { Registry } from '../../base/registry.ts';
import { activation } from './activation.ts';
import { againstInitial } from './against-initial.ts';
import { bnScale } from './bn-scale.ts';
import type { Criterion } from './criterion.ts';
import { fisher } from './fisher.ts';
import { fpgm } from './fpgm.ts';
import { grasp } from './grasp.ts';
import { lamp } from './lamp.ts';
import { magnitude } from './magnitude.ts';
import { random } from './random.ts';
import { snip } from './snip.ts';
import { snr } from './snr.ts';
import { synflow } from './synflow.ts';
import { taylor } from './taylor.ts';

export const criteria = new Registry<Criterion>('criterion', [
  magnitude,
  lamp,
  taylor,
  fisher,
  snr,
  fpgm,
  activation,
  bnScale,
  snip,
  grasp,
  synflow,
  random,
  ...againstInitial,
]);
