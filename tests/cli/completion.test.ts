import { execFileSync, spawnSync } from 'node:child_process';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createProgram } from '../../main/cli/program.ts';
import { verbsFor } from '../../main/cli/verbs/index.ts';
import { cli, contextOf, ROOT } from './harness.ts';

const there = (program: string) => spawnSync(program, ['--version']).status === 0;
const silent = () => undefined;
const { commands } = createProgram(contextOf(silent, silent), silent, await verbsFor([]));
const verbs = commands.map((command) => command.name());
const lists = commands.find((command) => command.name() === 'list')?.registeredArguments[0]?.argChoices ?? [];

let folder: string;
let home: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'espalier-completion-'));
  await mkdir(join(folder, 'runs'));
  home = await mkdtemp(join(tmpdir(), 'espalier-home-'));
  await writeFile(join(folder, 'recipe.yaml'), '');
  for (const shell of ['bash', 'zsh', 'fish']) {
    const { code, stdout } = await cli(['completion', shell]);
    expect(code).toBe(0);
    await writeFile(join(folder, `completion.${shell}`), stdout);
  }
});
afterAll(async () => {
  for (const each of [folder, home]) await rm(each, { recursive: true });
});

/** Command lines up to the cursor, and words of which each must be offered, or must not. */
const cases: readonly { line: string; offered: readonly string[]; not?: readonly string[] }[] = [
  { line: 'espalier com', offered: ['compress', 'compare', 'completion'], not: ['resume'] },
  { line: 'espalier compress --ov', offered: ['--overwrite'], not: ['--out'] },
  { line: 'espalier compress --control sh', offered: ['shuffle'], not: ['scratch', 'recipe.yaml'] },
  { line: 'espalier compress rec', offered: ['recipe.yaml'] },
  { line: 'espalier list cri', offered: ['criteria'], not: ['networks', 'recipe.yaml'] },
  { line: 'espalier list --device cpu cri', offered: ['criteria'] },
  { line: 'espalier project ex', offered: ['export'], not: ['import'] },
  { line: 'espalier evaluate model.onnx --part val', offered: ['validation'] },
  { line: 'espalier help ver', offered: ['verify'] },
];

describe.skipIf(!there('bash'))('completion in bash', () => {
  const complete = (line: string, cursor = line.split(' ')) => {
    const words = cursor.map((word) => `'${word}'`).join(' ');
    const script = `source ./completion.bash; COMP_WORDS=(${words}); COMP_CWORD=${cursor.length - 1}; _espalier; printf '%s\\n' "\${COMPREPLY[@]}"`;
    return execFileSync('bash', ['-c', script], { cwd: folder, encoding: 'utf8' })
      .split('\n')
      .filter(Boolean);
  };
  it.each(cases)('$line', ({ line, offered, not = [] }) => {
    const found = complete(line);
    expect(found).toEqual(expect.arrayContaining([...offered]));
    for (const word of not) expect(found).not.toContain(word);
  });

  it('offers every verb and every value', () => {
    expect(complete('', ['espalier', ''])).toEqual(expect.arrayContaining(verbs));
    expect(complete('', ['espalier', 'list', ''])).toEqual(lists);
    expect(complete('', ['espalier', 'evaluate', '--part', '=', 'te'])).toEqual(['test']);
    expect(complete('', ['espalier', 'resume', ''])).toEqual(['runs']);
  });
});

describe.skipIf(!there('fish'))('completion in fish', () => {
  const complete = (line: string) => {
    const script = `source ./completion.fish; complete -C ${JSON.stringify(line)}`;
    const env = { ...process.env, HOME: home, XDG_CONFIG_HOME: home };
    return execFileSync('fish', ['--no-config', '-c', script], { cwd: folder, encoding: 'utf8', env })
      .split('\n')
      .filter(Boolean)
      .map((row) => row.split('\t')[0] ?? '');
  };
  it.each(cases)('$line', ({ line, offered, not = [] }) => {
    const found = complete(line);
    expect(found).toEqual(expect.arrayContaining([...offered]));
    for (const word of not) expect(found).not.toContain(word);
  });

  it('offers every verb and every value', () => {
    expect(complete('espalier ')).toEqual(expect.arrayContaining(verbs));
    expect(complete('espalier list ').toSorted()).toEqual(lists.toSorted());
    expect(complete('espalier evaluate --part=te')).toEqual(['--part=test']);
    expect(complete('espalier resume ')).toEqual(['runs/']);
  });
});

describe.skipIf(!there('zsh'))('completion in zsh', () => {
  /** Types each line and Tab into a zsh of its own, and reads what it made of the line. */
  const complete = async (lines: readonly string[]) => {
    const setup = `
PS1='' ; autoload -Uz compinit; compinit -u -D; source ./completion.zsh
setopt no_beep no_auto_menu no_list_ambiguous; zstyle ':completion:*' menu no
tell() { print -r -- "$BUFFER" >> told; BUFFER='' }; zle -N tell; bindkey '^X' tell; bindkey '^I' complete-word
print ready > told
`;
    await writeFile(join(folder, 'setup'), setup);
    const typed = lines.map((line) => `zpty -w -n z $'${line}\\t\\C-x'; wait_for ${lines.indexOf(line) + 2}`);
    const drive = `
zmodload zsh/zpty; cd ${folder}; rm -f told
wait_for() { local i; for i in {1..200}; do zpty -r -t z > /dev/null; [[ -f told && $(wc -l < told) -ge $1 ]] && return; sleep 0.05; done }
zpty -b z 'zsh -f -i'
zpty -w z 'source ./setup'; wait_for 1
${typed.join('\n')}
zpty -d z
`;
    execFileSync('zsh', ['-f', '-c', drive], {
      cwd: folder,
      env: { ...process.env, TERM: 'dumb' },
      timeout: 60_000,
    });
    return (await readFile(join(folder, 'told'), 'utf8')).split('\n').slice(1, -1);
  };

  it('completes what only one word can be', async () => {
    const lines = [
      ['espalier compr', 'espalier compress '],
      ['espalier compress --ov', 'espalier compress --overwrite '],
      ['espalier compress --control sh', 'espalier compress --control shuffle '],
      ['espalier compress rec', 'espalier compress recipe.yaml '],
      ['espalier list cri', 'espalier list criteria '],
      ['espalier project ex', 'espalier project export '],
      ['espalier evaluate model.onnx --part val', 'espalier evaluate model.onnx --part validation '],
      ['espalier resume ru', 'espalier resume runs/'],
      ['espalier help ver', 'espalier help verify '],
    ] as const;
    expect(await complete(lines.map(([line]) => line))).toEqual(lines.map(([, whole]) => whole));
  });
});

describe('the manual page', () => {
  it('has a section for every verb', async () => {
    const page = await readFile(join(ROOT, 'resources', 'man', 'espalier.1'), 'utf8');
    expect([...page.matchAll(/^\.SS (.+)$/gm)].map(([, name]) => name?.replaceAll('\\-', '-'))).toEqual(
      verbs,
    );
  });

  it.skipIf(!there('groff'))('is roff that groff has nothing to say against', () => {
    const { stdout, stderr, status } = spawnSync(
      'groff',
      ['-man', '-Tascii', '-P-cbou', '-ww', join(ROOT, 'resources', 'man', 'espalier.1')],
      { encoding: 'utf8' },
    );
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
    expect(stdout).toContain('EXIT STATUS');
  });
});
