import { Registry } from '../../base/registry.ts';
import { block } from './block.ts';
import { channel } from './channel.ts';
import { element } from './element.ts';
import { nOfM } from './n-of-m.ts';
import type { Structure } from './structure.ts';

export const structures = new Registry<Structure>('structure', [element, nOfM, block, channel]);
