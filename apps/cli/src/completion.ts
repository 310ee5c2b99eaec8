import type { Command } from 'commander'

export const shells = ['bash', 'zsh', 'fish'] as const
export type Shell = (typeof shells)[number]

interface Place {
  /** The words before it, such as `migrate`; empty for the program itself. */
  readonly path: string
  readonly words: readonly Word[]
}

interface Word {
  readonly word: string
  readonly about: string
}

/** A script that completes every command, subcommand, option and listed choice of the tree. */
export function completionScript(program: Command, shell: Shell): string {
  const places = placesOf(program, '')
  if (shell === 'bash') return bash(places)
  return shell === 'zsh' ? zsh(places) : fish(places)
}

function placesOf(command: Command, path: string): Place[] {
  const words = [
    ...command.commands.map((child) => ({ word: child.name(), about: child.description() })),
    ...command.registeredArguments.flatMap(({ argChoices = [] }) => argChoices.map((word) => ({ word, about: '' }))),
    ...command.options.flatMap(({ long, description }) => (long ? [{ word: long, about: description }] : [])),
    { word: '--help', about: 'explain this command' }
  ]
  return [{ path, words }, ...command.commands.flatMap((child) => placesOf(child, `${path} ${child.name()}`.trim()))]
}

const bash = (places: readonly Place[]): string => `# lyceum completion for bash
_lyceum() {
  local current="\${COMP_WORDS[COMP_CWORD]}" path="" word
  for word in "\${COMP_WORDS[@]:1:COMP_CWORD-1}"; do
    [[ "$word" == -* ]] || path="\${path:+$path }$word"
  done
  local words=""
  case "$path" in
${places.map(({ path, words }) => `    "${path}") words="${words.map(({ word }) => word).join(' ')}" ;;`).join('\n')}
  esac
  COMPREPLY=($(compgen -W "$words" -- "$current"))
  [[ \${#COMPREPLY[@]} -gt 0 ]] || COMPREPLY=($(compgen -f -- "$current"))
}
complete -F _lyceum lyceum
`

const quoted = (text: string): string => `'${text.replaceAll("'", "'\\''")}'`

const zsh = (places: readonly Place[]): string => `#compdef lyceum
_lyceum() {
  local path="" word
  for word in "\${(@)words[2,CURRENT-1]}"; do
    [[ "$word" == -* ]] || path="\${path:+$path }$word"
  done
  local -a found
  case "$path" in
${places
  .map(
    ({ path, words }) =>
      `    "${path}") found=(${words.map(({ word, about }) => quoted(`${word.replaceAll(':', '\\:')}:${about}`)).join(' ')}) ;;`
  )
  .join('\n')}
  esac
  (( \${#found} )) && _describe 'lyceum' found || _files
}
compdef _lyceum lyceum
`

const fish = (places: readonly Place[]): string => `# lyceum completion for fish
function __lyceum_path
  set -l words (commandline -opc)
  string join ' ' -- (string match -v -- '-*' $words[2..-1])
end
${places
  .flatMap(({ path, words }) =>
    words.map(
      ({ word, about }) =>
        `complete -c lyceum -n "test (__lyceum_path) = '${path}'" ${word.startsWith('--') ? `-l ${word.slice(2)}` : `-f -a ${word}`}${about === '' ? '' : ` -d ${quoted(about)}`}`
    )
  )
  .join('\n')}
`
