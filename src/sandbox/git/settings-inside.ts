import { dirname, join, resolve } from 'node:path'
import { realpathOf } from '../look.ts'
import { readPlainBytes, readPlainFile } from '../plain-file.ts'
import type { HomeFile } from '../types.ts'
import { parseSettings, printSetting, type Setting } from './config-text.ts'

/**
 * What a commit holds is to be the same inside: whose it is, which line ends, and that nothing is added that the person
 * has git ignore everywhere. Everything else stays outside, for it may name programs or hold secrets. The files are read as
 * text: git itself is not started, which would cost a process.
 */
export function readSettingsInside(env: NodeJS.ProcessEnv, home: string): readonly HomeFile[] {
  const folder = env.XDG_CONFIG_HOME ?? join(home, '.config')
  const files =
    env.GIT_CONFIG_GLOBAL === undefined
      ? [join(folder, 'git/config'), join(home, '.gitconfig')]
      : [env.GIT_CONFIG_GLOBAL]
  const reading: Reading = { home, files: [], from: [] }
  const usual = ignoreFile(join(folder, 'git/ignore'), reading)
  const content = [...usual, ...files.flatMap((file) => settingsOf(file, reading))].join('')
  if (content === '') return []
  return [{ path: join(home, '.gitconfig'), content, from: reading.from }, ...reading.files]
}

interface Reading {
  readonly home: string
  /** Those that are named by the settings. */
  readonly files: HomeFile[]
  /** What has been read; in a chain of files that include each other, each once. */
  readonly from: string[]
}

const most = 20

/** As they are to be printed. People keep their settings elsewhere, behind a link. */
function settingsOf(file: string, reading: Reading): readonly string[] {
  const isKnown = reading.from.includes(file) || reading.from.length >= most
  const text = isKnown ? undefined : readPlainFile(realpathOf(file) ?? file)
  if (text === undefined) return []
  reading.from.push(file)
  return parseSettings(text).flatMap((setting) => {
    const { section, subsection, key, value } = setting
    const name = `${section}.${key}`
    if (name === 'include.path') return settingsOf(pathIn(file, value, reading), reading)
    if (name === 'includeif.path') return conditional(setting, pathIn(file, value, reading), reading)
    if (name === 'core.excludesfile') return ignoreFile(pathIn(file, value, reading), reading)
    return subsection === undefined && brought.has(name) ? [printSetting(setting)] : []
  })
}

const brought: ReadonlySet<string> = new Set([
  'user.name',
  'user.email',
  'user.useconfigonly',
  'core.autocrlf',
  'core.eol',
  'core.safecrlf',
  'safe.directory',
])

const pathIn = (file: string, path: string, { home }: Reading) =>
  resolve(dirname(file), path.startsWith('~/') ? join(home, path.slice(2)) : path)

/** Whether it holds is asked by git, inside, of each repository. */
function conditional(setting: Setting, file: string, reading: Reading): readonly string[] {
  const before = reading.from.length
  const content = settingsOf(file, reading).join('')
  return content === '' ? [] : named({ setting, content, from: reading.from.slice(before) }, reading)
}

/** Never through a link: a run can put one where it may write, and would be shown what that leads to. */
function ignoreFile(file: string, reading: Reading): readonly string[] {
  const content = readPlainBytes(file, 1_000_000)?.toString('utf8') ?? ''
  if (content === '') return []
  return named(
    { setting: { section: 'core', key: 'excludesfile', value: '' }, content, from: [file] },
    reading,
  )
}

interface Named {
  readonly setting: Setting
  readonly content: string
  readonly from: readonly string[]
}

function named({ setting, content, from }: Named, { home, files }: Reading): readonly string[] {
  const path = join(home, '.config/git', `outside-${files.length + 1}`)
  files.push({ path, content, from })
  return [printSetting({ ...setting, value: path })]
}
