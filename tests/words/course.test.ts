import { expect, it } from 'vitest';
import { courseWords } from '../../main/words/course.ts';

const dense = { label: 'dense', accuracy: 0.917 };
const removed = { label: 'Remove channels', accuracy: 0.341 };
const tuned = { label: 'Fine-tune, taught by the dense network', accuracy: 0.9 };

it('tells the accuracy after every stage that was measured, and what each changed', () => {
  expect(courseWords({ course: [dense, removed, tuned] })).toBe(
    "Test accuracy on the way: 91.70 % dense; 34.10 % after 'Remove channels' (−57.60 points); 90.00 % after 'Fine-tune, taught by the dense network' (+55.90 points)",
  );
});

it('tells nothing where only the dense and the compressed network were measured', () => {
  expect(courseWords({ course: [] })).toBeUndefined();
  expect(courseWords({ course: [dense, tuned] })).toBeUndefined();
  expect(courseWords({ course: [removed, tuned] })).toMatch(/^Test accuracy on the way: 34\.10 % after/);
});
