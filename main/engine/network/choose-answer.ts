import type { EspalierError } from '../../contract/errors.ts';
import { inputError } from '../../contract/errors.ts';
import type { Network } from './graph.ts';
import { sizeOf } from './graph.ts';
import type { Answer } from './head.ts';
import { answersOf, tells } from './head.ts';
import { noRow } from './no-classifier.ts';

/** What the answers are wanted for. */
export interface Wanted {
  readonly classes: readonly string[];
  /** Whether a sample may have several classes or none. */
  readonly multiLabel?: boolean;
}

/** The answer that a network is used for. */
interface Choice {
  readonly answer: Answer;
  /** Why this one, for people; undefined where there is no other. */
  readonly note: string | undefined;
}

/** The outputs that say something of every class, the likeliest first: main heads before auxiliary ones, which branch off early. */
export function fittingAnswers(network: Network, { classes }: Wanted): Answer[] {
  const exact = (answer: Answer) => sizeOf(answer.shape) === classes.length;
  return answersOf(network)
    .filter((answer) => tells(answer, classes.length))
    .sort(
      (a, b) =>
        Number(a.constant !== undefined) - Number(b.constant !== undefined) ||
        Number(exact(b)) - Number(exact(a)) ||
        Number(isAuxiliary(a)) - Number(isAuxiliary(b)) ||
        b.depth - a.depth,
    );
}

/**
 * The output that a network is used for: the named one, or the one that fits the classes.
 * @param file what the user calls the file, for messages
 * @param output as a recipe names it
 * @throws EspalierError when there is none
 */
export function chooseAnswer(network: Network, wanted: Wanted, file: string, output?: string): Choice {
  const all = answersOf(network);
  if (output !== undefined) return { answer: named(network, all, wanted, file, output), note: undefined };
  const [answer] = fittingAnswers(network, wanted);
  const [only] = all;
  if (answer === undefined && only !== undefined && all.length === 1) checkKind(only, wanted, file);
  if (answer === undefined) throw unfit(all, wanted, file);
  checkKind(answer, wanted, file);
  if (all.length === 1) return { answer, note: undefined };
  const reason = `it has ${sizeOf(answer.shape) === 1 ? 'one number, which tells two classes apart' : 'a number for each class'}`;
  return { answer, note: choiceNote(all, answer, reason) };
}

/** 'The file has the outputs 'aux' [4] and 'y' [4]: 'y' is used, since ...'. */
export function choiceNote(all: readonly Answer[], { output }: Answer, reason: string): string {
  return `The file has the outputs ${listed(all)}: '${output}' is used, since ${reason}. Layers that only the others need are left out; \`output\` names another.`;
}

function named(
  network: Network,
  all: readonly Answer[],
  wanted: Wanted,
  file: string,
  output: string,
): Answer {
  const plain = output.replace(/:0$/, '');
  const name = network.outputs.find((known) => known === output || known === plain);
  // Probabilities beside their logits are one answer; either may be named.
  const [answer] = name === undefined ? [] : answersOf({ ...network, outputs: [name] });
  if (answer === undefined) {
    throw inputError('network/output', `There is no output '${output}'; there are: ${listed(all)}.`, {
      file,
      field: 'output',
      remedy: 'Name one of these, or leave `output` out.',
    });
  }
  checkKind(answer, wanted, file);
  if (!tells(answer, wanted.classes.length)) throw unfit([answer], wanted, file);
  return answer;
}

/** Networks that answer in another way than the data ask. */
function checkKind({ kind, output, constant }: Answer, { multiLabel }: Wanted, file: string): void {
  if (constant !== undefined) {
    throw inputError(
      'network/head',
      `The softmax '${constant}' works on single values: it gives the same for every sample.`,
      {
        file,
        field: output,
        remedy: 'Export the network with a sigmoid there, or with the softmax along the classes.',
      },
    );
  }
  if (multiLabel !== true || !kind.includes('softmax')) return;
  throw inputError(
    'network/one-class',
    `The network ends in a softmax: it gives each sample one class, and these data give it several or none.`,
    {
      file,
      field: output,
      remedy:
        'Give a network with a sigmoid for each class, or without a last activation, or data with one class a sample.',
    },
  );
}

function unfit(all: readonly Answer[], { classes }: Wanted, file: string): EspalierError {
  const field = all.map(({ output }) => output).join(', ');
  const refuse = (code: string, message: string, remedy: string) =>
    inputError(code, message, { file, field, remedy });
  const [only] = all;
  if (only === undefined || all.length > 1) {
    const none = `None of the outputs ${listed(all)} has`;
    if (all.every(({ shape }) => noRow(shape))) {
      return refuse(
        'network/no-classifier',
        `${none} one row with a score for each class, as of a network that finds objects or makes images.`,
        'Give a network that tells classes apart.',
      );
    }
    return refuse(
      'network/classes',
      `${none} a number for each of the data's ${classes.length} classes.`,
      'Use the data that the network was made for, with its classes in the same order.',
    );
  }
  const { shape } = only;
  if (noRow(shape)) {
    const what =
      shape.length === 3
        ? 'an image or a map, as of a network that segments images or makes new ones'
        : 'a table, as of a network that finds objects or answers for each step of a sequence';
    return refuse(
      'network/no-classifier',
      `The output '${only.output}' is [${shape.join(', ')}] for a sample: ${what}, and no row with a score for each class.`,
      'Give a network that tells classes apart.',
    );
  }
  if (sizeOf(shape) === 1) {
    const may =
      only.kind === 'none' ? 'an amount that is never below zero' : 'two classes told apart, or an amount';
    return refuse(
      'network/classes',
      `The network gives one number for a sample (${may}); the data has ${classes.length} classes.`,
      'Networks that estimate amounts (regression) are not supported; one that tells two classes apart needs data of two.',
    );
  }
  return refuse(
    'network/classes',
    `The network tells ${sizeOf(shape)} classes apart, the data has ${classes.length}.`,
    'Use the data that the network was made for, with its classes in the same order.',
  );
}

function listed(all: readonly Answer[]): string {
  return all.map(({ output, shape }) => `'${output}' [${shape.join(', ')}]`).join(', ');
}

/** Frameworks and people call them so: 'aux', 'aux_logits', 'auxiliary/out'. */
function isAuxiliary({ output }: Answer): boolean {
  return /(^|[^a-z])aux/i.test(output);
}
