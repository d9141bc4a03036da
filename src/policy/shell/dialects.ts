import type { Command, Redirection } from 'unbash'

// The grammar is that of bash. `sh` is bash on one machine and dash on the next, so what these read differently is not
// decided for it; of a text whose shell is not known only what hardly anybody writes.

/**
 * Whose words a text is in: `sh` is whichever shell the machine has under that name; `unknown` is the text of somebody
 * who does not say which shell it is for.
 */
export type Dialect = 'bash' | 'sh' | 'zsh' | 'unknown'

interface Reading {
  readonly dialect: Dialect
  refuse(reason: string): void
}

const dash = 'bash reads it in one way and dash in another'

function isDashLikely({ dialect }: Reading): boolean {
  return dialect === 'sh' || dialect === 'unknown'
}

/** `a &>x b`: to dash that is `a &` and then `>x b`. */
export function readBackgrounded(node: Command, at: Redirection, isBuiltin: boolean, walk: Reading): void {
  if (!isDashLikely(walk)) return
  const more = node.suffix.some(
    (part) => part.pos > at.pos && (part.type === 'Word' || part.type === 'Assignment'),
  )
  // What runs in the background changes nothing here.
  if (more || (walk.dialect === 'sh' && isBuiltin)) walk.refuse(dash)
}

export function readGroupBackgrounded({ type, operator }: Redirection, walk: Reading): void {
  if (walk.dialect === 'sh' && type === 'Redirect' && operator[0] === '&') walk.refuse(dash)
}

/** `((a b))`: to dash that is a command in two subshells, and `((a > 1))` the program a. */
export function readDoubleParentheses(
  body: string,
  walk: Reading & { carry(words: readonly string[]): boolean },
): void {
  if (walk.dialect === 'sh' || (walk.dialect === 'unknown' && /[\w'"]\s+[\w'"-]*[\w'"]/.test(body)))
    walk.refuse(dash)
  else if (walk.dialect === 'unknown')
    for (const [, name] of body.matchAll(/(?:^|[|&;(\n])\s*([A-Za-z_][\w.-]*)(?=[\s|&;<>)]|$)/g))
      if (name !== undefined) walk.carry([name])
}

/** `[[ a || b ]]`: to dash that is a command `[[`, and then another. */
export function readDoubleBrackets(text: string, walk: Reading): void {
  if (
    walk.dialect === 'sh'
      ? /[|&;<>()\n]/.test(text)
      : walk.dialect === 'unknown' && /\|\|\s*[\w./]/.test(text)
  )
    walk.refuse(dash)
}

/** `$[a]`: to dash that is text, in which a `;` ends the command. */
export function readOldCalculation(walk: Reading): void {
  if (isDashLikely(walk)) walk.refuse(dash)
}

/** `$'a\'`: to dash the quote ends there, and the `$` is a character. */
export function readDollarQuote(walk: Reading): void {
  if (walk.dialect === 'sh') walk.refuse(dash)
}

const plainOption =
  /^(?:no_?)?(?:err_?exit|err_?return|unset|pipe_?fail|null_?glob|nomatch|clobber|x_?trace|verbose|all_?export)$/i

/** Options of zsh that change no word. */
export function isPlainZshOption(name: string): boolean {
  return plainOption.test(name)
}

/** `=git` is where git is, `$=x` splits and `$~x` is a pattern: nothing of it is in the grammar. */
const ofZsh = /(?:^|[\s;|&(){}<>`,!])=[\w/'"$\\]|\$[=~^+]|\$\w+\[[^\]]*['"]/

export function readForZsh(text: string, walk: Reading): void {
  if (ofZsh.test(text)) walk.refuse('zsh reads it in a way of its own')
}

/** Names that zsh alone gives a meaning: other spellings of `PATH` and the like, and the tables behind its commands. */
const zshNames =
  /^(?:(?:module_|cd|f|mail|man)?path|(?:dis_)?(?:functions|[gs]?aliases|builtins|reswords)|commands|nameddirs|options|(?:READ)?NULLCMD|STTY|R?PROMPT\d?|prompt|RPS\d|WORDCHARS|\w+_functions)$/

export function readShellVariable(name: string, walk: Reading & { lasting(name: string): void }): void {
  if (name === 'IFS' || (walk.dialect === 'unknown' && zshNames.test(name))) walk.lasting(name)
  if (walk.dialect === 'zsh' && zshNames.test(name))
    walk.refuse(`to zsh \`${name}\` can change what other commands run`)
}
