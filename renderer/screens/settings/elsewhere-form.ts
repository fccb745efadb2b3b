import { computed, ref, watch } from 'vue';
import type { ComputedRef, Ref } from 'vue';
import type { Problem } from '../../../main/contract/errors.ts';
import { toProblem } from '../../../main/contract/errors.ts';
import { elsewhereSchema } from '../../../main/contract/executors.ts';
import type { Elsewhere, ExecutorKind, ExecutorStatus } from '../../../main/contract/executors.ts';
import { studio } from '../../bridge/index.ts';
import { useSettings } from '../../stores/settings.ts';
import { problemAt } from '../../text/problems.ts';

type Name = keyof Elsewhere;

/** What an executor answered, or why it did not. */
interface Answer {
  readonly kind: ExecutorKind;
  readonly status?: ExecutorStatus;
  readonly problem?: Problem;
}

interface ElsewhereForm {
  readonly typed: Ref<Record<Name, string>>;
  readonly changed: ComputedRef<boolean>;
  /** What is wrong with a field; '' tells what belongs to none. */
  readonly problemOf: (name: Name | '') => Problem | undefined;
  readonly asking: Ref<ExecutorKind | null>;
  readonly answer: Ref<Answer | null>;
  /** Keeps what was typed. Tells whether it could be kept. */
  readonly save: () => Promise<boolean>;
  /** Keeps what was typed and asks the executor how it stands. */
  readonly test: (kind: ExecutorKind) => Promise<void>;
}

function textsOf({ threads, ...places }: Elsewhere): Record<Name, string> {
  const { redis, redisFile, queue, storage, partition, program } = places;
  return {
    redis: redis ?? '',
    redisFile: redisFile ?? '',
    queue: queue ?? '',
    storage: storage ?? '',
    partition: partition ?? '',
    program: program ?? '',
    threads: threads === null ? '' : String(threads),
  };
}

const textOr = (text: string): string | null => (text.trim() === '' ? null : text.trim());

function placesOf({ threads, ...typed }: Record<Name, string>): Elsewhere {
  const { redis, redisFile, queue, storage, partition, program } = typed;
  const count = textOr(threads);
  return {
    redis: textOr(redis),
    redisFile: textOr(redisFile),
    queue: textOr(queue),
    storage: textOr(storage),
    partition: textOr(partition),
    program: textOr(program),
    // What is no number is told as such by the schema.
    threads: count === null ? null : Number(count),
  };
}

/** What is wrong with places before anybody is asked about them. */
function problemIn(places: Elsewhere): Problem | null {
  const issue = elsewhereSchema.safeParse(places).error?.issues[0];
  if (issue === undefined) return null;
  return { code: 'settings/invalid', kind: 'input', message: issue.message, field: issue.path.join('.') };
}

/** The form in which a person says where sweeps may go. */
export function useElsewhereForm(): ElsewhereForm {
  const settings = useSettings();
  const typed = ref(textsOf(settings.settings.elsewhere));
  const problem = ref<Problem | null>(null);
  const asking = ref<ExecutorKind | null>(null);
  const answer = ref<Answer | null>(null);
  const places = computed(() => placesOf(typed.value));
  const changed = computed(
    () => JSON.stringify(places.value) !== JSON.stringify(placesOf(textsOf(settings.settings.elsewhere))),
  );
  watch(
    () => settings.settings.elsewhere,
    (now) => (typed.value = textsOf(now)),
  );

  const save = async (): Promise<boolean> => {
    answer.value = null;
    problem.value = problemIn(places.value);
    if (problem.value !== null) return false;
    try {
      settings.settings = await studio.call('settings.set', { elsewhere: places.value });
      return true;
    } catch (error) {
      const found = toProblem(error);
      problem.value = { ...found, field: found.field?.replace(/^elsewhere\./, '') ?? '' };
      return false;
    }
  };
  const test = async (kind: ExecutorKind): Promise<void> => {
    asking.value = kind;
    if (await save())
      answer.value = await studio.call('executors.test', { kind }).then(
        (status): Answer => ({ kind, status }),
        (error: unknown): Answer => ({ kind, problem: toProblem(error) }),
      );
    asking.value = null;
  };
  const problemOf = (name: Name | '') => problemAt(problem.value === null ? [] : [problem.value], name);
  return { typed, changed, problemOf, asking, answer, save, test };
}
