import type { Report } from '../contract/report.ts';
import { formatPercent, formatPoints } from './format.ts';

/**
 * 'Test accuracy on the way: 91.70 % dense; 34.10 % after 'Remove channels' (-57.60 points)'; undefined where nothing was measured
 * between the dense network and the compressed one.
 */
export function courseWords({ course }: Pick<Report, 'course'>): string | undefined {
  if (course.length < (course[0]?.label === 'dense' ? 3 : 2)) return undefined;
  const steps = course.map(({ label, accuracy }, i) => {
    const before = course[i - 1]?.accuracy;
    const change = before === undefined ? '' : ` (${formatPoints(accuracy - before)})`;
    return `${formatPercent(accuracy)} ${label === 'dense' ? label : `after '${label}'`}${change}`;
  });
  return `Test accuracy on the way: ${steps.join('; ')}`;
}
