import { Registry } from '../../base/registry.ts';
import { element } from './element.ts';
import type { Structure } from './structure.ts';

export const structures = new Registry<Structure>('structure', [element]);
