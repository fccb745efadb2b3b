import { mkdir } from 'node:fs/promises';
import { dirname, extname, join, resolve } from 'node:path';
import { Option } from 'commander';
import { inputError } from '../../contract/errors.ts';
import type { ExportFormat } from '../../contract/export-formats.ts';
import { exportFormatSchema } from '../../contract/export-formats.ts';
import { writeFileAtomic } from '../../files/atomic.ts';
import { fileError } from '../../files/problems.ts';
import { withCommonOptions } from '../options.ts';
import type { CommonOptions } from '../options.ts';
import { readRunFile, readRunReport } from '../../jobs/run-folder.ts';
import type { Verb } from '../verb.ts';
import { writeCards, type Written } from '../write-cards.ts';

export const exportRun: Verb = (program, context) => {
  const command = program
    .command('export <folder>')
    .description("write a finished run's network once more, in any format")
    .addOption(
      new Option('--format <format>', 'what to write')
        .choices(exportFormatSchema.options)
        .makeOptionMandatory(),
    )
    .requiredOption('--out <path>', 'a file, or a folder; its model card and license note go beside it');
  withCommonOptions(command).action(
    async (shown: string, options: CommonOptions & { format: ExportFormat; out: string }) => {
      const folder = resolve(context.cwd, shown);
      const report = await readRunReport(folder, shown);
      const { recipe, baseFolder } = await readRunFile(folder, shown);
      const { exportFinished } = await import('../../engine/run/results/export-finished.ts');
      const files = await exportFinished({ folder, shown, report, recipe, baseFolder }, options.format);
      const target = resolve(context.cwd, options.out);
      const [only] = files;
      const asFile = files.length === 1 && only !== undefined && extname(target) !== '';
      if (files.length > 1 && extname(target) !== '') {
        throw inputError('cli/out', `${options.format} writes ${files.length} files.`, {
          field: '--out',
          remedy: 'Give a folder.',
        });
      }
      const written: Written[] = [];
      for (const { name, bytes, notes } of files) {
        const path = asFile ? target : join(target, name);
        await mkdir(dirname(path), { recursive: true }).catch((error: unknown) => {
          throw fileError(error, options.out, 'make this folder');
        });
        written.push({ path, ...(await writeFileAtomic(path, bytes)), ...(notes && { notes }) });
      }
      written.push(...(await writeCards(report, written, { ownFolder: !asFile, format: options.format })));
      const text = options.json
        ? JSON.stringify(written, null, 2)
        : written.flatMap(({ path, notes = [] }) => [path, ...notes]).join('\n');
      context.stdout.write(`${text}\n`);
    },
  );
};
