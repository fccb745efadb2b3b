import { mkdirSync } from 'node:fs';
import { availableParallelism, cpus } from 'node:os';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { readStudySpec } from '../../main/cli/study-spec.ts';
import { Control } from '../../main/engine/base/control.ts';
import { readStudyCheckpoint } from '../../main/engine/study/frame/checkpoint.ts';
import { runStudy } from '../../main/engine/study/frame/session.ts';
import { studies } from '../../main/engine/study/index.ts';
import { formatPercent } from '../../main/words/format.ts';
import { keepStudy, readStudies, studyIds } from './measured.ts';

/*
 * What papers claim, measured: `npm run bench:studies` does the studies of bench/studies/*.yaml that are not measured yet and may be stopped
 * and started at any time: a study goes on from its checkpoint. What came of each is kept in bench/studies/measured, from where
 * `npm run bench:quality -- --document` writes docs/results.md.
 *   --out FOLDER     runs/studies     --only a,b     studies by their files' names
 *   --again          those that are measured, too
 */
const root = join(import.meta.dirname, '..', '..');
const { values: options } = parseArgs({
  options: {
    out: { type: 'string', default: join(root, 'runs', 'studies') },
    only: { type: 'string' },
    again: { type: 'boolean', default: false },
  },
});
const machine = `${cpus()[0]?.model.trim() ?? 'unknown processor'}, ${availableParallelism()} cores`;
const measured = new Set(readStudies().map(({ id }) => id));

for (const id of options.only?.split(',') ?? studyIds()) {
  if (measured.has(id) && !options.again) continue;
  const { spec, baseFolder } = await readStudySpec(`${id}.yaml`, import.meta.dirname);
  const folder = join(resolve(options.out), id);
  mkdirSync(folder, { recursive: true });
  const asked = { study: spec.study, parameters: spec.parameters, seed: spec.seed, baseFolder };
  const resume = (await readStudyCheckpoint(folder, folder)) !== undefined;
  let last = -1;
  const before = process.cpuUsage();
  const result = await runStudy({ ...asked, folder, shown: folder, resume }, new Control(), {
    progress: ({ done, steps, fraction, label }) => {
      if (done === last) return;
      last = done;
      console.log(`${id}: ${formatPercent(fraction, 0)} (${done} of ${steps} steps) ${label}`);
    },
    result: () => undefined,
  });
  const { user, system } = process.cpuUsage(before);
  keepStudy(id, result, {
    createdAt: new Date().toISOString(),
    machine,
    revision: studies.get(spec.study, 'study').revision,
    processorSeconds: resume ? null : (user + system) / 1e6,
  });
}
