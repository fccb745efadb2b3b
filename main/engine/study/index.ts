import { Registry } from '../base/registry.ts';
import type { Study } from './frame/study.ts';
import { generalisation } from './generalisation/index.ts';
import { inverse } from './inverse/index.ts';
import { functionalPriors } from './priors/index.ts';
import { worth } from './worth/index.ts';

export const studies = new Registry<Study>('study', [generalisation, inverse, functionalPriors, worth]);
