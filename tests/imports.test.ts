import { readFileSync, readdirSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import { fileURLToPath } from 'node:url';
import ts from 'typescript';
import { expect, test } from 'vitest';

const root = fileURLToPath(new URL('..', import.meta.url));

const sources = ['main', 'preload', 'renderer']
  .flatMap((folder) =>
    readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' }).map((name) => join(folder, name)),
  )
  .filter((name) => /\.(ts|vue)$/.test(name));

/** Every file, and the files that it imports: for their types, at once or later. */
const imports: ReadonlyMap<string, readonly string[]> = new Map(
  sources.map((name) => {
    const { importedFiles } = ts.preProcessFile(readFileSync(join(root, name), 'utf8'));
    return [
      name,
      importedFiles
        .map(({ fileName }) => fileName)
        .filter((path) => path.startsWith('.'))
        .map((path) => normalize(join(dirname(name), path))),
    ];
  }),
);

/** Source files that import a module at run time, by their paths. */
function importersOf(module: string): string[] {
  const pattern = new RegExp(
    `(^|\\n)\\s*(import|export) (?!type )[^;]*from '${module}'|import\\('${module}'\\)|require\\('${module}'\\)`,
  );
  return sources.filter((name) => pattern.test(readFileSync(join(root, name), 'utf8')));
}

/**
 * A way that leads from a file back to itself, for every file from which there is one.
 * @param graph a node -> where its arrows lead
 */
function circles(graph: ReadonlyMap<string, readonly string[]>): string[] {
  const done = new Set<string>();
  const found: string[] = [];
  const visit = (node: string, way: readonly string[]): void => {
    if (way.includes(node)) found.push([...way.slice(way.indexOf(node)), node].join(' -> '));
    if (done.has(node) || way.includes(node)) return;
    for (const next of graph.get(node) ?? []) visit(next, [...way, node]);
    done.add(node);
  };
  for (const node of graph.keys()) visit(node, []);
  return found;
}

test('only the shell and the preload script import Electron: everything else runs without it', () => {
  const importers = importersOf('electron');
  expect(importers).toContain('preload/index.ts');
  expect(importers.filter((name) => !name.startsWith('main/shell/'))).toEqual(['preload/index.ts']);
});

test('only the store imports SQLite, and the doctor that sees whether it loads', () => {
  const importers = importersOf('better-sqlite3');
  expect(importers).toContain('main/store/open.ts');
  expect(importers.filter((name) => !name.startsWith('main/store/'))).toEqual(['main/cli/verbs/doctor.ts']);
});

test('no program starts its own executable again: in a packaged app that would be the app, which is no Node', () => {
  // A child process of Node.js is forked in one place, which the desktop app does not come to; a browser is opened in another.
  expect(importersOf('node:child_process').sort()).toEqual([
    // A C compiler, and what it has made.
    'main/engine/evaluate/c/c-model.ts',
    'main/engine/evaluate/c/compiler.ts',
    'main/jobs/child-host.ts',
    // The commands of a cluster.
    'main/jobs/executors/slurm.ts',
    'main/serve/open-browser.ts',
  ]);
  for (const module of ['child_process', 'node:cluster', 'cluster']) expect(importersOf(module)).toEqual([]);
  const named = sources.filter((name) =>
    /ELECTRON_RUN_AS_NODE|process\.(execPath|argv0)|process\.argv\[0\]/.test(
      readFileSync(join(root, name), 'utf8'),
    ),
  );
  expect(named.filter((name) => name !== 'main/jobs/child-host.ts')).toEqual([]);
});

test('the desktop app starts engines as utility processes only', () => {
  const reached = new Set<string>();
  const follow = (file: string): void => {
    if (reached.has(file)) return;
    reached.add(file);
    for (const next of imports.get(file) ?? []) follow(next);
  };
  follow('main/index.ts');
  expect(reached).toContain('main/shell/utility-host.ts');
  expect(reached).not.toContain('main/jobs/child-host.ts');
});

test('no imports go in a circle, not even for a type', () => {
  expect(circles(new Map(Object.entries({ a: ['b'], b: ['c', 'd'], c: ['b'], d: [] })))).toEqual([
    'b -> c -> b',
  ]);
  expect(imports.size).toBeGreaterThan(400);
  expect(imports.get('main/engine/process/entry.ts')).toContain('main/engine/process/queries.ts');
  expect(circles(imports)).toEqual([]);
});

test('no rooms of the engine stand on each other in a circle', () => {
  const room = (path: string) => /^main\/engine\/([^/]+)\//.exec(path)?.[1];
  const arrows = new Map<string, string[]>();
  for (const [from, to] of imports) {
    const source = room(from);
    if (source === undefined) continue;
    const others = to.map(room).filter((name) => name !== undefined && name !== source) as string[];
    arrows.set(source, [...(arrows.get(source) ?? []), ...others]);
  }
  expect(arrows.size).toBeGreaterThan(15);
  expect(circles(arrows)).toEqual([]);
});

test('every file of the engine stands in a room that the lint knows', () => {
  const floors = readFileSync(join(root, 'eslint.config.js'), 'utf8');
  const rooms = new Set(
    sources.filter((path) => path.startsWith('main/engine/')).map((path) => path.split('/')[2] ?? ''),
  );
  for (const room of rooms) expect(floors).toContain(`'${room}'`);
});
