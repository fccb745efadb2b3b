import { Registry } from '../../registry.ts';
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
  setParadigm,
  riglParadigm,
]);
