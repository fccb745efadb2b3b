import type { Takes, VerbWords } from './command-words.ts';

const quoted = (text: string) => `'${text.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`;

/** What fish offers at a place. */
function offer(takes: Takes): string {
  if (takes.kind === 'choices') return `-f -a ${quoted(takes.choices.join(' '))}`;
  if (takes.kind === 'files') return '-F';
  return takes.kind === 'folders' ? "-f -a '(__fish_complete_directories)'" : '-f';
}

/** Completion for fish 3 and newer. */
export function fishCompletion(verbs: readonly VerbWords[], top: readonly string[]): string {
  const lines = verbs.flatMap(({ name, summary, options, args }) => {
    const when = `-n '__espalier_verb ${name}'`;
    const valued = options.flatMap(({ names, takes }) => (takes === null ? [] : names)).join(' ');
    return [
      `complete -c espalier -n __espalier_first -f -a ${name} -d ${quoted(summary)}`,
      ...options.map(({ names, summary: text, takes }) => {
        const flags = names.map((flag) =>
          flag.startsWith('--') ? `-l ${flag.slice(2)}` : `-s ${flag.slice(1)}`,
        );
        return `complete -c espalier ${when} ${flags.join(' ')} ${takes === null ? '-f' : `-r ${offer(takes)}`} -d ${quoted(text)}`;
      }),
      ...args.map((takes, i) => {
        const last = i === args.length - 1 ? 'more' : 'only';
        return `complete -c espalier -n '__espalier_place ${name} ${i} ${last} ${valued}' ${offer(takes)}`;
      }),
    ];
  });
  return `# fish completion for espalier: put it into ~/.config/fish/completions/espalier.fish
function __espalier_first
  test (count (commandline -opc)) -eq 1
end
function __espalier_verb
  set -l words (commandline -opc)
  test (count $words) -gt 1; and test $words[2] = $argv[1]
end
# Whether the cursor is at an argument: verb, place, 'more' where it may be repeated, options with a value.
function __espalier_place
  set -l words (commandline -opc)
  test (count $words) -gt 1; and test $words[2] = $argv[1]; or return 1
  set -l place 0
  set -l skip 0
  for word in $words[3..-1]
    if test $skip -eq 1
      set skip 0
    else if string match -q -- '-*' $word
      contains -- $word $argv[4..-1]; and set skip 1
    else
      set place (math $place + 1)
    end
  end
  test $place -eq $argv[2]; or begin; test $argv[3] = more; and test $place -gt $argv[2]; end
end
complete -c espalier -f
${top.map((flag) => `complete -c espalier -n __espalier_first -l ${flag.slice(2)}`).join('\n')}
${lines.join('\n')}
complete -c espalier -n __espalier_first -f -a help -d 'explain a verb'
complete -c espalier -n '__espalier_verb help' -f -a ${quoted(verbs.map(({ name }) => name).join(' '))}
`;
}
