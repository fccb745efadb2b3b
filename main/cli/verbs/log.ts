import { resolve } from 'node:path';
import { inputError } from '../../contract/errors.ts';
import { withLogs, type LogKind } from '../../contract/logs.ts';
import type { CommonOptions } from '../options.ts';
import { logOption, withCommonOptions } from '../options.ts';
import { readRunReport } from '../../jobs/run-folder.ts';
import type { Verb } from '../verb.ts';

export const log: Verb = (program, context) => {
  const command = program
    .command('log <folder>')
    .description(
      "write a finished run's logs for other programs (TensorBoard, MLflow), those of its recipe and more",
    )
    .addOption(logOption());
  withCommonOptions(command).action(
    async (shown: string, options: CommonOptions & { log?: readonly LogKind[] }) => {
      const folder = resolve(context.cwd, shown);
      const report = await readRunReport(folder, shown);
      const logs = withLogs(report.recipe.logs, options.log ?? []);
      if (logs === undefined) {
        throw inputError('logs/none', "This run's recipe asks for no logs.", {
          file: shown,
          field: '--log',
          remedy: 'Say which to write: --log tensorboard.',
        });
      }
      const told: { level: string; text: string }[] = [];
      const { RunLogs } = await import('../../engine/run/logs/run-logs.ts');
      const written = await RunLogs.open({
        recipe: { ...report.recipe, logs },
        name: report.name,
        folder,
        shared: folder,
        resume: true,
        history: report.history,
        at: Date.parse(report.createdAt),
        tell: (level, text) => told.push({ level, text }),
      });
      await written.finish(report);
      const text = options.json
        ? JSON.stringify(told, null, 2)
        : told.map((line) => `${line.level === 'warning' ? 'Warning: ' : ''}${line.text}`).join('\n');
      context.stdout.write(`${text}\n`);
    },
  );
};
