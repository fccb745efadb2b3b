import type { Section } from './check.ts';
import { cifar } from './cifar.ts';
import { fashion } from './fashion.ts';
import { mnist } from './mnist.ts';
import { shallower } from './shallower.ts';
import { snr } from './snr.ts';
import { structured } from './structured.ts';

/** The document's parts, in its order. */
export const sections: readonly Section[] = [mnist, fashion, cifar, structured, snr, shallower];
