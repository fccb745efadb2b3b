/** LAMP's scores from squares: each over the sum of all that are at least as large. Equal ones share one score. */
export function lampScores(squares: ArrayLike<number>): Float64Array {
  const order = Uint32Array.from(squares, (_, i) => i).sort(
    (a, b) => (squares[a] as number) - (squares[b] as number),
  );
  const scores = new Float64Array(squares.length);
  let denominator = 0;
  for (let end = order.length; end > 0;) {
    const square = squares[order[end - 1] as number] as number;
    let start = end;
    while (start > 0 && squares[order[start - 1] as number] === square) {
      start--;
      denominator += square;
    }
    for (let i = start; i < end; i++)
      scores[order[i] as number] = denominator === 0 ? 0 : square / denominator;
    end = start;
  }
  return scores;
}
