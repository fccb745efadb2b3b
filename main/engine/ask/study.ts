import type { StudyOutlook } from '../../contract/study-list.ts';
import { StudyParametersError } from '../study/frame/study.ts';
import { studies } from '../study/index.ts';

/**
 * What is wrong with a study's parameters, and how many steps they make.
 * @param given parameters that are not at their defaults
 * @throws EspalierError where there is no such study
 */
export function studyOutlook(study: string, given: unknown): StudyOutlook {
  try {
    return { steps: studies.get(study, 'study').open(given).steps.length, problems: [] };
  } catch (error) {
    if (!(error instanceof StudyParametersError)) throw error;
    return { steps: 0, problems: error.problems };
  }
}
