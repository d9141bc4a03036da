import { existsSync, lstatSync, readFileSync, readlinkSync } from 'node:fs'
import { join, relative, resolve } from 'node:path'
import { OosError } from '../../shared/errors.ts'
import { isExecutable } from '../../shared/path-facts.ts'
import { quoteWord } from '../../shared/quote-word.ts'
import { readText } from '../../shared/read-text.ts'
import type { NodeManager } from '../init/facts.ts'
import { openFolder } from '../init/folder.ts'
import { detectNodeManager } from '../init/languages.ts'
import { git } from './asked-git.ts'
import { type HookName, hookNames } from './names.ts'
import { keptEnding } from './script.ts'

/** Who runs a repository's hooks. */
export type HookKeeper = 'git' | 'husky' | 'lefthook'

export type HookFile = { readonly bytes: Buffer; readonly mode: number } | { readonly link: string }

/** What git would run, if it may. */
export interface FoundHook {
  readonly text: string
  /** git passes over a file that is not. */
  readonly executable: boolean
}

/** All that is known of a repository's hooks before any of them is written. */
export interface HookFacts {
  readonly keeper: HookKeeper
  /** Where hooks are written: for git alone where it looks, too. */
  readonly folder: string
  /** Where git looks for hooks, and what it finds. */
  readonly looked: { readonly folder: string; readonly hooks: ReadonlyMap<HookName, FoundHook> }
  /** The top of the work tree. */
  readonly top: string
  /** The project's folder below it, if it is not that. */
  readonly project: string | undefined
  /** Where oos remembers what was there before: in git's own folder of hooks, which no run may write. */
  readonly memory: string
  /** What lies where hooks could be written, by path. */
  readonly files: ReadonlyMap<string, HookFile>
  /** lefthook's settings, if they are its. */
  readonly settings?: string
  /** What brings the project's packages, and makes husky active with them. */
  readonly manager?: NodeManager
}

/** @throws OosError `usage` outside of a work tree, `hooks-refused` where other repositories take their hooks, too */
export function readHookFacts(root: string): HookFacts {
  const top = ask(root, ['rev-parse', '--show-toplevel'])
  const common = ask(root, ['rev-parse', '--path-format=absolute', '--git-common-dir'])
  if (top === undefined || common === undefined) throw outsideOfWorkTree(root)
  const folder = hooksFolder(top, common)
  const lefthook = settingsNames.map((name) => join(top, name)).find((path) => existsSync(path))
  const husky = isHusky(top, folder)
  const keeper = husky ? 'husky' : lefthook === undefined ? 'git' : 'lefthook'
  const written = husky ? join(top, '.husky') : folder
  const paths =
    keeper === 'lefthook'
      ? [lefthook ?? '']
      : hookNames.flatMap((name) => [join(written, name), join(written, name + keptEnding)])
  const below = relative(top, root)
  return {
    keeper,
    folder: written,
    looked: { folder, hooks: new Map(hookNames.flatMap((name) => foundAt(folder, name))) },
    top,
    project: below === '' ? undefined : below,
    memory: join(common, 'hooks/oos/installed.json'),
    files: new Map(paths.flatMap((path) => entryOf(path))),
    ...(keeper === 'lefthook' && lefthook !== undefined && { settings: lefthook }),
    ...(husky && { manager: detectNodeManager(openFolder(top)) }),
  }
}

/** The ones that lefthook reads and that a YAML library can write. */
const settingsNames = [
  'lefthook.yml',
  '.lefthook.yml',
  'lefthook.yaml',
  '.lefthook.yaml',
  '.config/lefthook.yml',
  '.config/lefthook.yaml',
]

function hooksFolder(top: string, common: string): string {
  const path = ask(top, ['config', '--type=path', '--get', 'core.hooksPath'])
  if (path === undefined) return join(common, 'hooks')
  const [scope] = ask(top, ['config', '--show-scope', '--get', 'core.hooksPath'])?.split('\t') ?? []
  if (scope === 'local' || scope === 'worktree') return resolve(top, path)
  throw new OosError(
    'hooks-refused',
    `\`core.hooksPath\` is \`${path}\`, from which other repositories take their hooks, too`,
    {
      hint: `git config core.hooksPath '${join(common, 'hooks')}', for this repository alone`,
    },
  )
}

/** husky sets `core.hooksPath` when packages are installed; before that its folder and package.json tell. */
function isHusky(top: string, folder: string): boolean {
  const own = join(top, '.husky')
  if (folder === own || folder === join(own, '_')) return true
  return existsSync(own) && /"husky"/.test(readText(join(top, 'package.json')))
}

export function readHookFile(path: string): HookFile | undefined {
  const stats = lstatSync(path, { throwIfNoEntry: false })
  if (stats === undefined) return undefined
  if (stats.isSymbolicLink()) return { link: readlinkSync(path) }
  if (stats.isFile()) return { bytes: readFileSync(path), mode: stats.mode & 0o777 }
  throw new OosError('hooks-refused', `\`${path}\` is no file`, { hint: `ls -ld ${quoteWord(path)}` })
}

/** Through links, as git does. */
function foundAt(folder: string, name: HookName): [HookName, FoundHook][] {
  const path = join(folder, name)
  return existsSync(path) ? [[name, { text: readText(path), executable: isExecutable(path) }]] : []
}

function entryOf(path: string): [string, HookFile][] {
  const file = readHookFile(path)
  return file === undefined ? [] : [[path, file]]
}

/** One answer, which can have lines: a path may hold anything. */
function ask(cwd: string, words: readonly string[]): string | undefined {
  const answer = git(cwd, words)?.toString().replace(/\n$/, '')
  return answer === '' ? undefined : answer
}

function outsideOfWorkTree(root: string): OosError {
  const isBare = ask(root, ['rev-parse', '--is-bare-repository']) === 'true'
  return isBare
    ? new OosError('usage', `\`${root}\` is a bare repository: nothing is committed in it`, {
        hint: 'install the hooks where the work tree is',
      })
    : new OosError('usage', `\`${root}\` is not in a git repository`, { hint: 'git init' })
}
