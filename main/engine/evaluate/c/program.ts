import { sizeOf } from '../../network/graph.ts';
import type { Account } from '../../formats/sparse/c/account.ts';

/**
 * A program around a network that computes what it is asked on its standard input, until that ends: a number of samples (int32) and
 * their values; back come the milliseconds that the network took (float64) and its outputs, one whole output after the other.
 */
export function mainProgram({
  names,
  inputs,
  outputs,
}: Pick<Account, 'names' | 'inputs' | 'outputs'>): string {
  const { file, prefix } = names;
  const input = sizeOf(inputs[0]?.shape ?? []);
  const sizes = outputs.map(({ shape }) => sizeOf(shape));
  const all = sizes.reduce((sum, size) => sum + size, 0);
  let at = 0;
  const places = sizes.map((size) => {
    const place = `out + n * ${at}`;
    at += size;
    return place;
  });
  return `#define _POSIX_C_SOURCE 199309L
#include "${file}.h"
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
int main(void) {
  float *arena = malloc(${prefix.toUpperCase()}_ARENA_SIZE * sizeof(float));
  float *in = NULL, *out = NULL;
  int32_t count;
  if (!arena) return 3;
  while (fread(&count, sizeof count, 1, stdin) == 1) {
    size_t n = (size_t)count;
    struct timespec a, b;
    double took;
    in = realloc(in, n * ${input} * sizeof(float));
    out = realloc(out, n * ${all} * sizeof(float));
    if (!in || !out) return 3;
    if (fread(in, sizeof(float), n * ${input}, stdin) != n * ${input}) return 2;
    clock_gettime(CLOCK_MONOTONIC, &a);
    ${prefix}_run_in(in, ${places.join(', ')}, n, arena);
    clock_gettime(CLOCK_MONOTONIC, &b);
    took = (double)(b.tv_sec - a.tv_sec) * 1e3 + (double)(b.tv_nsec - a.tv_nsec) / 1e6;
    fwrite(&took, sizeof took, 1, stdout);
    fwrite(out, sizeof(float), n * ${all}, stdout);
    fflush(stdout);
  }
  return 0;
}
`;
}
