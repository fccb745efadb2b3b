import { Registry } from '../../registry.ts';
import type { DynamicsKind } from './dynamics.ts';
import { gradual } from './gradual.ts';

export const dynamicsKinds = new Registry<DynamicsKind>('dynamics', [gradual]);
