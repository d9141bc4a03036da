import { quoteWord } from '../../shared/quote-word.ts'
import { specFolder } from '../project/root.ts'
import { stagedWords } from '../raw-diff.ts'
import { cardFolder, cardProgram } from './card.ts'
import { type HookName, listEnd, listGiven } from './names.ts'
import { stampName } from './stamp.ts'

/** What every hook of ours says in it, and nothing else does. */
export const marker = '# oos checks what is committed and pushed here'
const ending = '# oos: end of it'
/** What was there before stands beside it, and is called first. */
export const keptEnding = '.before-oos'

export interface ScriptOptions {
  /** It lies in git's own folder of hooks, and can see there whether the specs have changed since they were checked. */
  readonly stamped?: boolean
  /** The project's folder below the top of the work tree, if it is not that. */
  readonly project?: string | undefined
}

/** A hook of plain git: POSIX sh, and no more. */
export function renderHook(name: HookName, options: ScriptOptions): string {
  const kept = `"$0${keptEnding}"`
  const before = readsInput(name)
    ? `oos_input=$(cat; echo .)\nif [ -x ${kept} ]; then printf %s "\${oos_input%.}" | ${kept} "$@" || exit; fi`
    : `if [ -x ${kept} ]; then ${kept} "$@" || exit; fi`
  const call = readsInput(name)
    ? `printf %s "\${oos_input%.}" | (\n${callOos(name, options)}\n)`
    : isCommit(name)
      ? callOos(name, options, { words: listGiven, before: `${listing} | ` })
      : callOos(name, options)
  return `#!/bin/sh\n${marker}: \`oos hooks uninstall\` puts back what was here.\n${before}\n${call}\n`
}

/** Lines for a hook that somebody else's program runs and people write in. */
export function renderBlock(name: HookName, options: ScriptOptions): string {
  const call = `(\n${callOos(name, options)}\n) || exit`
  const fed = readsInput(name)
    ? `oos_input=$(cat)\nprintf '%s\\n' "$oos_input" | ${call}\nexec 0<<oos_input\n$oos_input\noos_input`
    : call
  return `${marker}: \`oos hooks uninstall\` takes these lines away.\n${fed}\n${ending}\n`
}

/** The text without our lines; the same where there are none. */
export function withoutBlock(text: string): string {
  const start = text.indexOf(marker)
  const end = text.indexOf(`${ending}\n`, start)
  return start === -1 || end === -1 ? text : text.slice(0, start) + text.slice(end + ending.length + 1)
}

/** For `sh -c`, as lefthook runs a line; it writes a hook's words in the place of `{1}`. */
export function renderLine(name: HookName, options: ScriptOptions): string {
  const words = name === 'commit-msg' ? '{1}' : readsInput(name) ? '{1} {2}' : ''
  return `${marker}\n${callOos(name, options, { words })}\n`
}

/** git tells what is pushed on standard input. */
export function readsInput(name: HookName): boolean {
  return name === 'pre-push'
}

/**
 * Inside a run the sandbox says which oos it is. Outside it is looked for where the project, which an agent may write,
 * has no say. Without it nothing is committed: a check that is not made is not passed.
 */
function callOos(
  name: HookName,
  { project, stamped = false }: ScriptOptions,
  { words = '"$@"', before = '' }: { readonly words?: string; readonly before?: string } = {},
): string {
  const where = project === undefined ? '' : ` --project ${quoteWord(project)}`
  const line = `hooks run${where} ${name} ${words}`.trimEnd()
  const goPast = { 'pre-push': 'git push', 'pre-merge-commit': 'git merge' }[name as string] ?? 'git commit'
  return [
    ...(name === 'commit-msg' ? [`[ -e ${cardFolder} ] || exit 0`] : []),
    'set -f',
    'oos_here=$PWD oos_path= IFS=:',
    'cd -P .',
    'for oos_folder in $PATH; do',
    '  case $oos_folder/ in "$oos_here"/* | "$PWD"/* | [!/]*) ;; *) oos_path=$oos_path:$oos_folder ;; esac',
    'done',
    'unset IFS',
    `PATH=\${oos_path#:}`,
    'export PATH',
    `if [ -r ${cardProgram} ]; then ${before}sh ${cardProgram} ${line}; exit; fi`,
    'if command -v oos > /dev/null; then',
    ...(stamped && isCommit(name) ? soundAlready(project) : []),
    `  ${before}oos ${line}; exit`,
    'fi',
    `echo "oos: this repository checks ${name === 'pre-push' ? 'pushes' : 'commits'} with oos, which is not in your PATH" >&2`,
    `echo "     install it, or go past the check this once: ${goPast} --no-verify" >&2`,
    'exit 1',
  ].join('\n')
}

/**
 * Ends the hook where the stamp is newer than all specs and none of them is staged: what the shell can see by itself costs
 * a tenth of what Node takes to start. A folder is newer once a name in it has changed. npm gives files an old time, and the
 * folders that it makes the real one.
 */
function soundAlready(project: string | undefined): readonly string[] {
  const folder = project === undefined ? specFolder : `${project}/${specFolder}`
  const specs = [quoteWord(folder), `"$HOME"/${specFolder}`].flatMap((one) => [
    one,
    ...[one, `${one}/agents`, `${one}/rules`].flatMap((at) => [at, `${at}/*.[mM][dD]`]),
  ])
  return [
    `  oos_stamp=\${0%/*}/${stampName} oos_same=`,
    '  if [ -r "$oos_stamp" ]; then',
    '    { read -r oos_program && read -r oos_home && read -r oos_top; } < "$oos_stamp"',
    '    [ -e "$oos_program" ] && [ "$oos_home" = "$HOME" ] && [ "$oos_top" = "$PWD" ] && oos_same=1',
    '    set +f',
    `    for oos_file in "$oos_program" "$oos_program"/main.js ${[...new Set(specs)].join(' ')}; do`,
    '      if [ "$oos_file" -nt "$oos_stamp" ]; then oos_same=; break; fi',
    '    done',
    `    if [ -n "$oos_same" ] && git diff-index --cached --quiet HEAD -- ${quoteWord(folder)} 2> /dev/null; then exit 0; fi`,
    '  fi',
  ]
}

/** Asked by the hook, git answers while Node starts. */
const listing = `{ git -c core.fsmonitor=false ${stagedWords.join(' ')} HEAD -- 2> /dev/null && printf '${listEnd}\\0'; }`

const isCommit = (name: HookName) => name === 'pre-commit' || name === 'pre-merge-commit'
