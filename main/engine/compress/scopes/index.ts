import { Registry } from '../../base/registry.ts';
import { byHandScope } from './by-hand.ts';
import { erdosRenyiScope } from './erdos-renyi.ts';
import { erkScope } from './erk.ts';
import { globalScope } from './global.ts';
import { layerwiseScope } from './layerwise.ts';
import type { Scope } from './scope.ts';

export const scopes = new Registry<Scope>('scope', [
  globalScope,
  layerwiseScope,
  erkScope,
  erdosRenyiScope,
  byHandScope,
]);
