import { Registry } from '../../registry.ts';
import type { DynamicsKind } from './dynamics.ts';
import { gradual } from './gradual.ts';
import { rigl } from './rigl.ts';
import { set } from './set.ts';

export const dynamicsKinds = new Registry<DynamicsKind>('dynamics', [gradual, set, rigl]);
