import type { Argument, Command, Option } from 'commander';

/** What a place on a command line takes. */
export type Takes =
  | { readonly kind: 'choices'; readonly choices: readonly string[] }
  | { readonly kind: 'files' }
  | { readonly kind: 'folders' }
  /** Something that nobody can complete: a number, a name. */
  | { readonly kind: 'anything' };

interface OptionWords {
  /** '--out', and '-h' where there is one. */
  readonly names: readonly string[];
  readonly summary: string;
  /** What stands behind it; null where nothing does. */
  readonly takes: Takes | null;
}

export interface VerbWords {
  readonly name: string;
  readonly summary: string;
  readonly options: readonly OptionWords[];
  /** By place; the last one also stands for all that follow where a verb takes many. */
  readonly args: readonly Takes[];
}

/** Words of usage that stand for a file or a folder. */
const FILES = ['file', 'recipe', 'grid', 'model', 'path', 'data', 'what'];
const FOLDERS = ['folder', 'runs'];

function takesOf(name: string, choices: readonly string[] | undefined): Takes {
  if (choices !== undefined) return { kind: 'choices', choices };
  if (FILES.includes(name)) return { kind: 'files' };
  return { kind: FOLDERS.includes(name) ? 'folders' : 'anything' };
}

const takenBy = ({ flags, argChoices }: Option): Takes | null => {
  const name = /[<[]([\w-]+)/.exec(flags)?.[1];
  return name === undefined ? null : takesOf(name, argChoices);
};

const taken = (argument: Argument): Takes => takesOf(argument.name(), argument.argChoices);

/** What shells complete, of the program as commander has it. */
export function verbWords(program: Command): VerbWords[] {
  const help = program.createHelp();
  return program.commands.map((command) => ({
    name: command.name(),
    summary: command.description(),
    options: help.visibleOptions(command).map((option) => ({
      names: [option.long, option.short].filter((name) => name !== undefined && name !== null),
      summary: option.description,
      takes: takenBy(option),
    })),
    args: command.registeredArguments.map(taken),
  }));
}
