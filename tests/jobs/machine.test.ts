import { readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { machineProblem } from '../../main/jobs/machine.ts';

test('a machine that onnxruntime is not built for is told in a sentence, and no other is', () => {
  const folder = fileURLToPath(new URL('../../node_modules/onnxruntime-node/bin/napi-v6/', import.meta.url));
  for (const platform of ['linux', 'win32', 'darwin'] as const) {
    const built = readdirSync(`${folder}${platform}`);
    for (const architecture of ['x64', 'arm64']) {
      const problem = machineProblem(platform, architecture);
      expect(problem === null, `${platform} ${architecture}`).toBe(built.includes(architecture));
      if (problem !== null) expect(problem).toMatchObject({ code: 'machine/unsupported', kind: 'run' });
    }
  }
});
