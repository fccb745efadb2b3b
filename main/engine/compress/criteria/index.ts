import { Registry } from '../../registry.ts';
import type { Criterion } from './criterion.ts';
import { magnitude } from './magnitude.ts';
import { random } from './random.ts';

export const criteria = new Registry<Criterion>('criterion', [magnitude, random]);
