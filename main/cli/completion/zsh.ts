import type { Takes, VerbWords } from './command-words.ts';

/** Safe within single quotes, and within the brackets and colons of _arguments. */
const plain = (text: string) => text.replace(/[\\[\]:]/g, '\\$&').replaceAll("'", "'\\''");

/** What zsh offers at a place, as _arguments takes it. */
function offer(takes: Takes): string {
  if (takes.kind === 'choices') return `value:(${takes.choices.join(' ')})`;
  if (takes.kind === 'files') return 'file:_files';
  return takes.kind === 'folders' ? 'folder:_files -/' : 'value: ';
}

/** Completion for zsh. */
export function zshCompletion(verbs: readonly VerbWords[], top: readonly string[]): string {
  const cases = verbs.map(({ name, options, args }) => {
    const lines = options.flatMap(({ names, summary, takes }) =>
      names.map((flag) => {
        const value = takes === null ? '' : `:${offer(takes)}`;
        // A long option's value may also stand behind an equals sign.
        const equals = takes !== null && flag.startsWith('--') ? '=' : '';
        return `'${flag}${equals}[${plain(summary)}]${value}'`;
      }),
    );
    const places = args.map((takes, i) => `'${i === args.length - 1 ? '*' : i + 1}:${offer(takes)}'`);
    return `        ${name}) _arguments ${[...lines, ...places].join(' \\\n          ')} ;;`;
  });
  return `#compdef espalier
# zsh completion for espalier: put it into a folder of $fpath as _espalier, or source it after compinit.
_espalier() {
  local context state state_descr line
  typeset -A opt_args
  _arguments -C '1:verb:->verb' '*::argument:->argument'
  case $state in
    verb)
      local -a verbs=(
${verbs.map(({ name, summary }) => `        '${name}:${plain(summary)}'`).join('\n')}
        'help:explain a verb'
      )
      _describe verb verbs
      compadd -- ${top.join(' ')}
      ;;
    argument)
      case $words[1] in
${cases.join('\n')}
        help) compadd -- ${verbs.map(({ name }) => name).join(' ')} ;;
      esac
      ;;
  esac
}
if [[ $zsh_eval_context[-1] == loadautofunc ]]; then _espalier "$@"; else compdef _espalier espalier; fi
`;
}
