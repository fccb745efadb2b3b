import { Argument } from 'commander';
import { bashCompletion } from '../completion/bash.ts';
import { verbWords } from '../completion/command-words.ts';
import { fishCompletion } from '../completion/fish.ts';
import { zshCompletion } from '../completion/zsh.ts';
import { withCommonOptions, type CommonOptions } from '../options.ts';
import type { Verb } from '../verb.ts';

const shells = { bash: bashCompletion, zsh: zshCompletion, fish: fishCompletion } as const;
type Shell = keyof typeof shells;

export const completion: Verb = (program, context) => {
  const command = program
    .command('completion')
    .description('print a script that completes verbs, options and values in a shell')
    .addArgument(new Argument('<shell>', 'the shell').choices(Object.keys(shells)));
  withCommonOptions(command).action((shell: Shell, options: CommonOptions) => {
    const script = shells[shell](verbWords(program), ['--help', '--version']);
    context.stdout.write(options.json ? `${JSON.stringify({ shell, script })}\n` : script);
  });
};
