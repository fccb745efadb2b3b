import { createHash } from 'node:crypto';
import { availableParallelism, cpus } from 'node:os';
import { countKept } from '../compress/masks.ts';
import { targetFacts } from '../../contract/targets.ts';
import { prunableParams } from '../network/graph.ts';
import type { Call, Runs, Target } from './target.ts';

/** The machine that times are of. */
export interface Machine {
  readonly processor: string;
  readonly cores: number;
  readonly architecture: string;
}

export function thisMachine(): Machine {
  return {
    processor: cpus()[0]?.model.trim() ?? 'unknown processor',
    cores: availableParallelism(),
    architecture: process.arch,
  };
}

/** What was timed. */
interface Timed {
  /** The program's own version: the kernels that it prints, and how it measures, change with it. */
  readonly program: string;
  readonly machine: Machine;
  readonly target: Pick<Target, 'id'>;
  /** Of the target's software, and of what it is held against. */
  readonly versions: readonly string[];
  readonly call: Call;
  readonly models: readonly Runs[];
}

/**
 * What times are kept by: the program's version, the machine, the versions of what runs, how it is called, the networks' structure and shapes, and for
 * targets that skip zeros how many weights each parameter keeps. Values of weights, and names of networks, make no difference.
 * @returns a name for a file, 64 hexadecimal digits
 */
export function speedKey({ program, machine, target, versions, call, models }: Timed): string {
  const skips = targetFacts[target.id].zeros === undefined;
  const shapes = models.map(({ network: { name: _name, ...network }, masks }) => ({
    network,
    kept: skips
      ? prunableParams({ name: '', ...network }).map((name) => {
          const mask = masks.get(name);
          return mask === undefined ? null : countKept(mask);
        })
      : [],
  }));
  const text = JSON.stringify({ program, machine, target: target.id, versions, call, shapes });
  return createHash('sha256').update(text).digest('hex');
}
