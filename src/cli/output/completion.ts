/**
 * For bash, on its own: neither the bash-completion package nor `eval` of what was typed. bash splits words at `:` and
 * `=`, too, so they are put together again, and of what is offered that part is left out which bash takes for words before.
 */
export const bashScript = String.raw`# bash completion for oos: source <(oos completion bash)

__oos_files() {
    compopt -o filenames 2> /dev/null
    local name
    while IFS= read -r name; do COMPREPLY+=("$name"); done < <(compgen -f -- "$1")
}

# What stands behind the two dashes of a run is completed as if it stood alone; $1 is where it begins.
__oos_command() {
    if declare -F _command_offset > /dev/null; then
        _command_offset "$1"
        return
    fi
    local name cur=\${COMP_WORDS[COMP_CWORD]}
    if ((COMP_CWORD == $1)) && [[ $cur != */* ]]; then
        while IFS= read -r name; do COMPREPLY+=("$name"); done < <(compgen -c -- "$cur")
    fi
    __oos_files "$cur"
}

__oos() {
    COMPREPLY=()
    local line=\${COMP_LINE:0:COMP_POINT} words=() count=0 index rest word space
    rest=$line
    for ((index = 0; index <= COMP_CWORD; index++)); do
        space=\${rest%%[![:space:]]*}
        rest=\${rest#"$space"}
        word=\${COMP_WORDS[index]}
        ((index == COMP_CWORD)) && word=$rest
        if ((index > 0)) && [[ -z $space ]]; then
            words[count - 1]+=$word
        else
            [[ \${words[1]-} == run && $word == -- && $index -lt $COMP_CWORD ]] && { __oos_command $((index + 1)); return; }
            words[count++]=$word
        fi
        rest=\${rest#"$word"}
    done
    local cur=\${words[count - 1]} offered directive=0 before name
    offered=$(oos complete -- "\${words[@]:1}" 2> /dev/null) || return
    before=\${cur%"\${cur##*[:=]}"}
    while IFS= read -r name; do
        name=\${name%%$'\t'*}
        if [[ $name =~ ^:[0-9]+$ ]]; then directive=\${name#:}
        elif [[ -n $name && $name == "$cur"* ]]; then COMPREPLY+=("\${name#"$before"}")
        fi
    done <<< "$offered"
    ((directive & 2)) && compopt -o nospace 2> /dev/null
    ((directive & 4)) || ((\${#COMPREPLY[@]})) || __oos_files "\${cur#"$before"}"
}

complete -F __oos oos
`.replaceAll('\\${', '${')

/**
 * Behind the library's own: a command behind the two dashes of a run is completed as if it stood alone. A colon in what is
 * offered (`file:`) is not the one before its description, which the library's script takes it for.
 */
export const zshMore = String.raw`
() {
    local bare='//:/\:' quoted='//:/\\:'
    functions[__oos_words]=\${functions[_oos]/$bare/$quoted}
}
_oos() {
    local dashes=\${words[(i)--]}
    if [[ \${words[2]} == run ]] && (( dashes < CURRENT )); then
        shift $dashes words
        (( CURRENT -= dashes ))
        _normal
    else
        __oos_words "$@"
    fi
}
`.replaceAll('\\${', '${')

export const fishMore = `
function __oos_runs_command
    set -l words (commandline -opc)
    test "$words[2]" = run; and contains -- -- $words
end

function __oos_complete_command
    set -l words (commandline -opc)
    set -l start (math (contains -i -- -- $words) + 1)
    set -l before (string escape -- $words[$start..-1])
    complete -C (string join ' ' -- $before (commandline -ct))
end

complete -c oos -n __oos_runs_command -f -a '(__oos_complete_command)'
`

/** What a shell puts in as it stands must be nothing that it runs: a repository names its branches and files as it likes. */
export function isPlainWord(text: string): boolean {
  return /^[\p{L}\p{N}_.][\p{L}\p{N}_.,/:@%+=~-]*$/u.test(text)
}
