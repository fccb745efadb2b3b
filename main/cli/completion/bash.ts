import type { Takes, VerbWords } from './command-words.ts';

const quoted = (words: readonly string[]) => `'${words.join(' ')}'`;

/** What bash offers at a place. */
function offer(takes: Takes): string {
  if (takes.kind === 'choices') return `__espalier_words ${quoted(takes.choices)}`;
  if (takes.kind === 'files') return '__espalier_files -f';
  return takes.kind === 'folders' ? '__espalier_files -d' : ':';
}

/** Completion for bash 4 and newer. */
export function bashCompletion(verbs: readonly VerbWords[], top: readonly string[]): string {
  const cases = verbs.map(({ name, options, args }) => {
    const valued = options.flatMap(({ names, takes }) => (takes === null ? [] : [{ names, takes }]));
    const places = args.map((takes, i) => `        ${i === args.length - 1 ? '*' : i}) ${offer(takes)} ;;`);
    return `    ${name})
      case "$prev" in
${valued.map(({ names, takes }) => `        ${names.join('|')}) ${offer(takes)}; return ;;`).join('\n')}
      esac
      if [[ $cur == -* ]]; then __espalier_words ${quoted(options.flatMap(({ names }) => names))}; return; fi
      __espalier_place ${quoted(valued.flatMap(({ names }) => names))}
      case $place in
${places.length === 0 ? '        *) : ;;' : places.join('\n')}
      esac
      ;;`;
  });
  return `# bash completion for espalier: source it, or put it into ~/.local/share/bash-completion/completions/espalier
__espalier_words() { mapfile -t COMPREPLY < <(compgen -W "$1" -- "$cur"); }
__espalier_files() { compopt -o filenames 2>/dev/null; mapfile -t COMPREPLY < <(compgen "$1" -- "$cur"); }
# Which argument of the verb stands at the cursor; $1: options with a value.
__espalier_place() {
  local i
  place=0
  for ((i = 2; i < COMP_CWORD; i++)); do
    case "\${COMP_WORDS[i]}" in
      -*) [[ " $1 " == *" \${COMP_WORDS[i]} "* ]] && ((i++)) ;;
      *) ((place++)) ;;
    esac
  done
  return 0
}
_espalier() {
  local cur=\${COMP_WORDS[COMP_CWORD]} prev=\${COMP_WORDS[COMP_CWORD - 1]} place=0
  COMPREPLY=()
  # --option=value comes as three words.
  if [[ $cur == '=' ]]; then cur=''; elif [[ $prev == '=' ]]; then prev=\${COMP_WORDS[COMP_CWORD - 2]}; fi
  if ((COMP_CWORD == 1)); then __espalier_words ${quoted([...verbs.map(({ name }) => name), ...top])}; return; fi
  case "\${COMP_WORDS[1]}" in
${cases.join('\n')}
    help) __espalier_words ${quoted(verbs.map(({ name }) => name))} ;;
  esac
}
complete -F _espalier espalier
`;
}
