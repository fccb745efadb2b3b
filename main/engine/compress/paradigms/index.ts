import { Registry } from '../../registry.ts';
import { greg1Paradigm } from './greg-1.ts';
import { greg2Paradigm } from './greg-2.ts';
import { magnitudeGradual } from './magnitude-gradual.ts';
import { magnitudeIterative } from './magnitude-iterative.ts';
import { magnitudeOneShot } from './magnitude-one-shot.ts';
import type { Paradigm } from './paradigm.ts';
import { riglParadigm } from './rigl.ts';
import { setParadigm } from './set.ts';

export const paradigms = new Registry<Paradigm>('paradigm', [
  magnitudeGradual,
  magnitudeOneShot,
  magnitudeIterative,
  greg1Paradigm,
  greg2Paradigm,
  setParadigm,
  riglParadigm,
]);
