import { NetworkBuilder } from '../../../main/engine/network/builder.ts';

/** With an activation that is neither homogeneous nor flat on both sides. */
export const gelu = new NetworkBuilder('soft', [6])
  .dense('fc1', 5)
  .layer('soft', 'Gelu')
  .dense('fc2', 3)
  .build();
