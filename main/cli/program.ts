import { Command, CommanderError } from 'commander';
import type { Problem } from '../contract/errors.ts';
import { describeProblem, inputError, toProblem, type EspalierError } from '../contract/errors.ts';
import type { CliContext } from './context.ts';
import { ExitCode } from './context.ts';
import { ProblemsError, problemsJson } from './problems-error.ts';
import type { Finish, Verb } from './verb.ts';
import { verbsFor } from './verbs/index.ts';

/** The program as commander sees it; documentation and tests read the same object. */
export function createProgram(context: CliContext, finish: Finish, verbs: readonly Verb[]): Command {
  const program = new Command('espalier')
    .description('Makes trained neural networks smaller by pruning, offline.')
    .version(context.version, '--version', 'print the version')
    .helpOption('-h, --help', 'explain the program or a verb')
    .helpCommand('help [verb]', 'explain a verb')
    .configureHelp({ showGlobalOptions: false, helpWidth: 100 })
    .configureOutput({
      writeOut: (text) => void context.stdout.write(text),
      // A mistake in the command line itself is told with the others.
      writeErr: () => undefined,
    })
    .showSuggestionAfterError()
    .showHelpAfterError('(espalier --help explains the verbs)')
    .addHelpText(
      'after',
      '\nExit status: 0 done, 1 the run failed, 2 the input is wrong, 130 cancelled (and resumable).',
    );
  for (const verb of verbs) verb(program, context, finish);
  for (const command of [program, ...program.commands]) command.exitOverride();
  return program;
}

/**
 * Runs one command line.
 * @param argv the words after the program's name
 * @returns the exit status
 */
export async function runCli(argv: readonly string[], context: CliContext): Promise<ExitCode> {
  let code: ExitCode = ExitCode.done;
  const verbs = await verbsFor(argv);
  const program = createProgram(context, (value) => void (code = value), verbs);
  const json = argv.includes('--json');
  try {
    await program.parseAsync(argv, { from: 'user' });
    return code;
  } catch (error) {
    if (!(error instanceof CommanderError)) return report(error, json, context);
    if (error.exitCode === 0) return ExitCode.done;
    return report(usageError(error), json, context);
  }
}

/** What commander says of a command line, as a problem: 'commander.unknownOption' is 'cli/unknown-option'. */
function usageError({ code, message }: CommanderError): EspalierError {
  const what = code.replace('commander.', '').replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
  const [said = '', ...hints] = message.replace(/^error: /, '').split('\n');
  return inputError(`cli/${what}`, [said, ...hints].join(' '), {
    remedy: 'espalier --help explains the verbs.',
  });
}

function report(error: unknown, json: boolean, { stderr }: CliContext): ExitCode {
  const problems: readonly Problem[] = error instanceof ProblemsError ? error.problems : [toProblem(error)];
  stderr.write(json ? problemsJson(problems) : problemsText(problems));
  const bug = problems.some((problem) => problem.code === 'internal/bug');
  if (bug && !json && error instanceof Error) stderr.write(`${error.stack}\n`);
  return problems.every((problem) => problem.kind === 'input') ? ExitCode.wrongInput : ExitCode.failed;
}

const problemsText = (problems: readonly Problem[]) =>
  problems.map((problem) => `${describeProblem(problem)}\n`).join('');
