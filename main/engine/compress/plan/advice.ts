import { dynamicsKinds } from '../dynamics/index.ts';
import type { Stage } from '../framework.ts';

/** What a person should know of a plan before it is carried out: what it cannot do as its method means it. */
export function adviceOn(stages: readonly Stage[]): string[] {
  return stages.flatMap((stage) => {
    if (stage.kind !== 'train' || stage.dynamics === undefined) return [];
    const text = dynamicsKinds.get(stage.dynamics.id).advise?.(stage.spec.epochs);
    return text === undefined ? [] : [text];
  });
}
