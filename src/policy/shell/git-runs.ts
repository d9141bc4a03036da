import { gitCommand } from './git-words.ts'
import type { ProgramReader, Walk } from './types.ts'
import { hasHole, hole } from './words.ts'

/** Settings that run nothing and point nowhere; every other one given in the words is not followed. */
const harmlessSettings =
  /^(?:user\.(?:name|email)|author\..*|committer\..*|color\..*|column\..*|advice\..*|init\.defaultbranch|core\.(?:quotepath|autocrlf|eol|safecrlf|abbrev|filemode|ignorecase|precomposeunicode|longpaths|commentchar|bare|untrackedcache|preloadindex|whitespace|logallrefupdates|symlinks|compression)|commit\.(?:gpgsign|verbose|cleanup)|tag\.(?:gpgsign|sort)|pull\.(?:rebase|ff)|push\.(?:default|autosetupremote|followtags)|fetch\.(?:prune|prunetags|parallel)|merge\.(?:conflictstyle|ff|renames|renamelimit|stat|log)|rebase\.(?:autosquash|autostash|stat|updaterefs)|diff\.(?:algorithm|renames|renamelimit|context|colormoved|noprefix|mnemonicprefix|submodule|wserrorhighlight|indentheuristic)|log\..*|status\..*|branch\.(?:sort|autosetupmerge|autosetuprebase)|gc\.(?!recentobjectshook).*|rerere\.(?:enabled|autoupdate)|help\.autocorrect|protocol\.version|safe\.directory|transfer\.fsckobjects|http\.(?:postbuffer|version|lowspeedlimit|lowspeedtime)|index\..*|pack\..*|feature\..*|submodule\.recurse|format\.pretty|blame\..*|grep\.(?:linenumber|patterntype)|maintenance\.auto)$/i

/** Options, or whole commands (`any`), that run something else; git takes any unambiguous beginning of a long option. */
const any = /^/
const told: ReadonlyMap<string, RegExp> = new Map([
  ['fetch', /^--up(?!d)/],
  ['pull', /^--up(?!d)/],
  ['clone', /^(?:--up|-\w*[uc]|--co|--te|--bundle-uri)/],
  ['init', /^--te/],
  ['push', /^--(?:rec(?!u)|e)/],
  ['ls-remote', /^--(?:up|exe)/],
  ['fetch-pack', /^--(?:up|e)/],
  ['send-pack', /^--(?:rec|e)/],
  ['archive', /^--e/],
  ['grep', /^(?:-\w*O|--op)/],
  ['difftool', /^(?:-\w*x|--e)/],
  ['mergetool', /^(?:-\w*t|--t)/],
  ['log', /^--ext/],
  ['diff', /^--ext/],
  ['show', /^--ext/],
  ['send-email', /^--(?:smtp-server|sendmail|to-cmd|cc-cmd|header-cmd)/],
  ...'instaweb daemon shell credential upload-pack receive-pack filter-branch fast-import cvsserver interpret-trailers'
    .split(' ')
    .map((name) => [name, any] as const),
])

/** git runs commands from its settings, from some options, and for `rebase --exec`, `bisect run`, `submodule foreach`. */
export const readGit: ProgramReader = (words, walk) => {
  const command = gitCommand(words)
  if (command === undefined) return walk.refuse('the git command is only known at run time')
  for (const setting of command.settings)
    if (!isHarmless(setting)) walk.refuse('a git setting may run a command')
  if (command.execPath) walk.refuse('git takes its own programs from another folder')
  const { name, rest } = command
  const options = told.get(name)
  const reader = readers.get(name)
  if (options === any) return walk.refuse(`\`git ${name}\` runs something else`)
  for (const word of rest) {
    if (options?.test(word)) return walk.refuse(`what \`git ${name}\` is told to run cannot be read`)
    if (word.startsWith('ext::') || word.includes('=ext::')) return walk.refuse('a git remote is a command')
    if (word === '--' && name !== 'submodule') break
    if (word[0] === hole && (options !== undefined || reader !== undefined))
      return walk.refuse(`\`git ${name}\` may be given an option by what a word expands to`)
    if (word.startsWith('--out') && isOutput(word)) written(rest, word, walk)
  }
  reader?.(rest, walk)
}

function isOutput(word: string): boolean {
  return '--output'.startsWith(word.includes('=') ? word.slice(0, word.indexOf('=')) : word)
}

function written(rest: readonly string[], word: string, walk: Walk): void {
  const file = word.includes('=') ? word.slice(word.indexOf('=') + 1) : (rest[rest.indexOf(word) + 1] ?? '')
  if (hasHole(file) || file === '') walk.refuse('git writes a file that is only known at run time')
  else walk.write(file)
}

function mayBeSetting(word: string, index: number): boolean {
  return index === 0 || word.includes('.') || hasHole(word)
}

function isHarmless(setting: string): boolean {
  const equals = setting.indexOf('=')
  return harmlessSettings.test(equals < 0 ? setting : setting.slice(0, equals))
}

const readers: ReadonlyMap<string, (rest: readonly string[], walk: Walk) => void> = new Map([
  [
    'rebase',
    (rest, walk) => {
      for (const [index, word] of rest.entries()) {
        const attached = /^(?:--ex(?:ec?)?=|-\w*x(?=.))(.*)$/s.exec(word)?.[1]
        if (attached !== undefined) walk.shell(attached)
        else if (/^(?:-\w*x|--ex(?:ec?)?)$/.test(word)) walk.shell(rest[index + 1] ?? '')
      }
    },
  ],
  [
    'bisect',
    (rest, walk) => {
      if (rest[0] === 'run') walk.run(rest.slice(1))
    },
  ],
  [
    'for-each-repo',
    (rest, walk) => {
      let at = 0
      while (rest[at]?.[0] === '-') at += rest[at] === '--config' ? 2 : 1
      walk.within(undefined, () => walk.run(['git', ...rest.slice(at)]))
    },
  ],
  [
    'submodule',
    (rest, walk) => {
      const at = rest.indexOf('foreach')
      if (at < 0) return
      const command = rest
        .slice(at + 1)
        .filter(
          (word, index, all) =>
            !(word[0] === '-' && all.slice(0, index).every((before) => before[0] === '-')),
        )
      if (command.length > 0) walk.within(undefined, () => walk.shell(command.join(' ')))
    },
  ],
  [
    'config',
    (rest, walk) => {
      const reason = whyNoConfig(rest)
      if (reason !== undefined) walk.refuse(reason)
    },
  ],
])

const valued = ['--type', '--default', '--comment', '--value']

/** git reads no options behind the first operand; the value of one may be written like an option, or like a name. */
function whyNoConfig(rest: readonly string[]): string | undefined {
  const subcommand = /^(?:get|list|set|unset|edit)$/.test(rest[0] ?? '') ? rest[0] : undefined
  const options: string[] = []
  let at = subcommand === undefined ? 0 : 1
  for (let word = rest[at]; word?.[0] === '-'; word = rest[at]) {
    options.push(word)
    at += word !== '--' && valued.some((name) => name.startsWith(word as string)) ? 2 : 1
  }
  const has = (option: RegExp) => options.some((word) => option.test(word))
  if (subcommand === 'edit' || has(/^(?:-\w*[ef]|--ed|--fil|--bl)/)) return 'git settings are edited'
  // A harmless section may get the name of one that is not.
  if (has(/^--(?:ren|co(?!m))/)) return 'a section of the git settings gets another name'
  if (subcommand === undefined ? has(/^(?:--get.*|--list|-l|--unset.*)$/) : subcommand !== 'set')
    return undefined
  const settings = rest.slice(at, -1)
  return settings.some((word, index) => mayBeSetting(word, index) && !isHarmless(word))
    ? 'a git setting may run a command'
    : undefined
}
