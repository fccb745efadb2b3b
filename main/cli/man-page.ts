import type { Command, Option } from 'commander';

/** Text as roff takes it: backslashes and hyphens as they are, and no request by a dot or a quote at a line's start. */
function roff(text: string): string {
  return text
    .replaceAll('\\', '\\e')
    .replaceAll('-', '\\-')
    .replace(/^(?=[.'])/gm, '\\&');
}

/** The manual page espalier(1) of the program as commander has it. */
export function manPage(program: Command): string {
  const help = program.createHelp();
  const optionLines = (option: Option) => [
    '.TP',
    `.B ${roff(help.optionTerm(option))}`,
    roff(help.optionDescription(option)),
  ];
  const verb = (command: Command) => {
    const args = help
      .visibleArguments(command)
      .flatMap((argument) => [
        '.TP',
        `.I ${roff(argument.name())}`,
        roff(help.argumentDescription(argument)),
      ]);
    return [
      `.SS ${roff(command.name())}`,
      `.B espalier ${roff(command.name())}`,
      roff(command.usage()),
      '.PP',
      roff(sentence(command.description())),
      ...args,
      ...help.visibleOptions(command).flatMap(optionLines),
    ];
  };
  return [
    `.TH ESPALIER 1 "" "Espalier" "User Commands"`,
    '.SH NAME',
    `espalier \\- ${roff(program.description().replace(/\.$/, '').replace(/^M/, 'm'))}`,
    '.SH SYNOPSIS',
    '.B espalier',
    '.I verb',
    '[\\fIoption\\fR ...] [\\fIargument\\fR ...]',
    '.SH DESCRIPTION',
    'Trains, prunes, fine\\-tunes, measures and exports neural networks as recipes say, without a network connection.',
    'Results go to standard output, progress and remarks to standard error.',
    '.SH OPTIONS',
    ...help.visibleOptions(program).flatMap(optionLines),
    '.SH VERBS',
    ...program.commands.flatMap(verb),
    '.SH EXIT STATUS',
    ...[
      ['0', 'done'],
      ['1', 'the run failed'],
      ['2', 'the input is wrong: an option, the recipe, a file'],
      ['130', 'cancelled; espalier resume goes on'],
    ].flatMap(([code = '', what = '']) => ['.TP', `.B ${code}`, what]),
    '.SH ENVIRONMENT',
    '.TP',
    '.B ESPALIER_HOME',
    "the studio's folder, in place of the user's own",
    '',
  ].join('\n');
}

/** A description as it stands alone. */
const sentence = (text: string) => `${text.charAt(0).toUpperCase()}${text.slice(1)}.`;
