import { execFileSync, spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

/** A network in C, compiled, in a process that runs and times it when it is asked to. */
interface Compiled {
  /** Milliseconds of one call with so many samples. */
  time(batch: number): Promise<number>;
  close(): void;
}

/** Undefined where there is no gcc. */
export async function openCompiled(
  { source, header }: { source: string; header: string },
  sizes: { input: number; output: number },
  { flags, byProcessor }: { flags: readonly string[]; byProcessor: boolean },
): Promise<Compiled | undefined> {
  const folder = mkdtempSync(join(tmpdir(), 'espalier-bench-'));
  writeFileSync(join(folder, 'model.c'), source);
  writeFileSync(join(folder, 'model.h'), header);
  writeFileSync(
    join(folder, 'main.c'),
    program(sizes, byProcessor ? 'CLOCK_PROCESS_CPUTIME_ID' : 'CLOCK_MONOTONIC'),
  );
  try {
    execFileSync('gcc', [...flags, 'model.c', 'main.c', '-o', 'program', '-lm'], {
      cwd: folder,
      stdio: ['ignore', 'ignore', 'inherit'],
    });
  } catch {
    return undefined;
  }
  const child = spawn(join(folder, 'program'), [], { stdio: ['pipe', 'pipe', 'inherit'] });
  const waiting: ((line: string) => void)[] = [];
  createInterface(child.stdout).on('line', (line) => waiting.shift()?.(line));
  return {
    time: (batch) =>
      new Promise((resolve) => {
        waiting.push((line) => resolve(Number(line)));
        child.stdin.write(`${batch}\n`);
      }),
    close() {
      child.stdin.end();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

const program = ({ input, output }: { input: number; output: number }, clock: string) => `
#define _POSIX_C_SOURCE 199309L
#include "model.h"
#include <stdio.h>
#include <time.h>
#define MOST 64
static float in[MOST * ${input}], out[MOST * ${output}];
int main(void) {
  int batch;
  for (int i = 0; i < MOST * ${input}; i++) in[i] = (float)((i * 7919) % 1000) / 500 - 1;
  while (scanf("%d", &batch) == 1) {
    struct timespec a, b;
    clock_gettime(${clock}, &a);
    model_run(in, out, (size_t)batch);
    clock_gettime(${clock}, &b);
    printf("%.6f\\n", (double)(b.tv_sec - a.tv_sec) * 1e3 + (double)(b.tv_nsec - a.tv_nsec) / 1e6);
    fflush(stdout);
  }
  return 0;
}
`;
