/** Four to seven round numbers that enclose [low, high]; the last is at most `limit` where the data allows it. */
export function niceTicks(low: number, high: number, limit = Infinity): number[] {
  const span = high > low ? high - low : Math.max(Math.abs(high), 1) * 0.1;
  const power = 10 ** Math.floor(Math.log10(span / 4));
  const step =
    [1, 2, 2.5, 5, 10].map((factor) => factor * power).find((size) => span / size <= 5) ?? 10 * power;
  const first = Math.floor(low / step + 1e-9);
  let last = Math.max(Math.ceil(high / step - 1e-9), first + 1);
  if (last * step > limit && high <= limit) last = Math.floor(limit / step + 1e-9);
  const start = last === first ? first - 1 : first;
  return Array.from({ length: last - start + 1 }, (_, i) => Number(((start + i) * step).toPrecision(12)));
}
