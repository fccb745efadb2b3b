import { runError } from '../../../contract/errors.ts';
import { compiler, compilerVersion } from '../../evaluate/c/compiler.ts';
import { C } from '../../formats/sparse/tuning.ts';
import { c as format } from '../../formats/sparse/c/format.ts';
import type { Target } from '../target.ts';

/** Our C, compiled for this processor, in a process of its own. */
export const c: Target = {
  id: 'c',
  async version() {
    const name = await compiler();
    if (name === undefined) {
      throw runError('c/compiler', 'There is no C compiler on this machine.', {
        remedy: 'Install gcc or clang, or measure on a machine that has one.',
      });
    }
    return `${await compilerVersion(name)}, ${JSON.stringify(C)}`;
  },
  async written(model) {
    const own = await format.own?.(await format.write({ ...model, metadata: {} }));
    if (own === undefined) throw new Error('C brings its own kernels');
    return { model: own.program };
  },
};
