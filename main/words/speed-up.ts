import type { Report } from '../contract/report.ts';
import { formatRatio } from './format.ts';
import { latencyDiffers, referenceOf } from './noise.ts';

/** A measured speed-up below this share of what the operations promise is one that people should be told of. */
const AS_PROMISED = 0.9;

/**
 * One sentence on how much faster a network with fewer operations is, and whether that is as much as its operations promise;
 * null where there is nothing to compare with or it has as many as before, since zeros that are computed all the same promise nothing.
 */
export function speedUpWords(facts: Pick<Report, 'original' | 'dense' | 'compressed'>): string | null {
  const { compressed: after } = facts;
  const before = referenceOf(facts);
  if (before === null || after.macs >= before.macs || after.macs === 0) return null;
  const promised = before.macs / after.macs;
  const timed = [
    { before: before.latencyMs, after: after.latencyMs },
    { before: before.latencyOfMany, after: after.latencyOfMany },
  ].flatMap((pair) =>
    pair.before === null || pair.after === null ? [] : [{ ...pair, before: pair.before, after: pair.after }],
  );
  const measured = timed.map((pair) => {
    const ratio = latencyDiffers(pair.before, pair.after) ? pair.before.median / pair.after.median : 1;
    const text =
      ratio === 1
        ? 'as fast as before'
        : ratio > 1
          ? `${formatRatio(ratio)}× faster`
          : `${formatRatio(1 / ratio)}× slower`;
    return { ratio, text: `${text} at batch ${pair.after.batch}` };
  });
  const said = `${formatRatio(promised)}× fewer multiply-accumulates; measured here in onnxruntime, a call is ${measured.map(({ text }) => text).join(' and ')}`;
  return measured.every(({ ratio }) => ratio >= AS_PROMISED * promised)
    ? `${said}, as the operations promise.`
    : `${said}: less than the operations promise, since not all that a call does becomes less with them.`;
}
