import { Registry } from '../../base/registry.ts';
import type { DynamicsKind } from './dynamics.ts';
import { earlyBird } from './early-bird.ts';
import { edgePopup } from './edge-popup.ts';
import { gibbs } from './gibbs.ts';
import { gradual } from './gradual.ts';
import { greg1 } from './greg-1.ts';
import { greg2 } from './greg-2.ts';
import { rigl } from './rigl.ts';
import { set } from './set.ts';
import { supermask } from './supermask.ts';

export const dynamicsKinds = new Registry<DynamicsKind>('dynamics', [
  gradual,
  greg1,
  greg2,
  gibbs,
  earlyBird,
  set,
  rigl,
  supermask,
  edgePopup,
]);
