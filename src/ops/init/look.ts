import { readdirSync, realpathSync } from 'node:fs'
import { basename, dirname, join, parse } from 'node:path'
import { statOf } from '../../sandbox/look.ts'
import { readPlainFile } from '../../sandbox/plain-file.ts'
import { OosError } from '../../shared/errors.ts'
import { packageRoot } from '../../shared/package.ts'
import { isExecutable } from '../../shared/path-facts.ts'
import { pathOutside } from '../../shared/path-outside.ts'
import { parseSpec } from '../../spec/parse.ts'
import { readSources } from '../../spec/read.ts'
import { findIgnored } from '../project/ignored-specs.ts'
import { plainGit } from '../project/plain-git.ts'
import { isNoProject, readHome, refuseFile, specFolder } from '../project/root.ts'
import { askManagers } from './ask.ts'
import type { Folder, InitFacts } from './facts.ts'
import { openFolder } from './folder.ts'
import { hiddenFiles } from './holes.ts'
import { detectStacks, otherTest } from './languages.ts'
import { placeOf, templateFiles } from './plan.ts'
import { packageHosts } from './registries.ts'

export interface LookOptions {
  readonly cwd: string
  readonly env: NodeJS.ProcessEnv
}

/** Reads what there is to know about a project and this machine. Starts nothing of the project, and follows none of its links. */
export async function lookAt({ cwd, env }: LookOptions): Promise<InitFacts> {
  const home = readHome(env)
  const root = initRoot(cwd, home)
  const folder = openFolder(root)
  const above = repositoryAbove(root, home)
  const stacks = detectStacks(folder)
  const test = stacks.find((stack) => stack.test !== undefined)?.test ?? otherTest(folder)
  const managers = stacks.map(({ manager }) => manager)
  const [{ tracked, ...git }, ignored, answers] = await Promise.all([
    askGit(root, env),
    findIgnored(projectSpecs, { root, env }),
    askManagers(managers, { root, home, env }),
  ])
  return {
    root,
    home,
    name: nameOf(folder, root),
    ...git,
    ...(above !== undefined && { above }),
    ...(ignored !== undefined && { ignored }),
    stacks,
    ...(test !== undefined && { test }),
    missing: missingPrograms([test, ...stacks.map((stack) => stack.test)], root, env),
    ...packageHosts(folder, stacks, answers),
    guides: guides.filter(folder.has),
    foreign: foreignEntries(root),
    hidden: hiddenFiles(secretRules(home), tracked, { root, home }),
    existing: existingFiles({ root, home }),
  }
}

/** Where agents are told how a project is worked on. */
const guides = [
  'AGENTS.md',
  'CLAUDE.md',
  'GEMINI.md',
  '.cursorrules',
  '.cursor/rules',
  '.github/copilot-instructions.md',
]

const projectSpecs = templateFiles.flatMap(({ path }) => (path.startsWith(`${specFolder}/`) ? [path] : []))

/** A program of the project's own is named by its path. */
function missingPrograms(
  tests: readonly (string | undefined)[],
  root: string,
  env: NodeJS.ProcessEnv,
): string[] {
  const folders = pathOutside(root, env.PATH)
  const programs = new Set(tests.flatMap((test) => test?.split(' ')[0] ?? []))
  return [...programs].filter(
    (name) => !name.includes('/') && !folders.some((folder) => isExecutable(join(folder, name))),
  )
}

/** Where specs are already, else the folder one stands in. */
function initRoot(cwd: string, home: string): string {
  const start = realpathSync(cwd)
  const { root: top } = parse(start)
  if (start === top || isNoProject(start, home)) {
    throw new OosError('init-failed', `\`${start}\` is no project`, {
      hint: 'cd into the project, then: oos init',
    })
  }
  for (let folder = start; folder !== home && folder !== top; folder = dirname(folder)) {
    if (statOf(join(folder, specFolder))?.isDirectory()) return folder
    if (statOf(join(folder, '.git'))) break
  }
  refuseFile(start)
  return start
}

async function askGit(
  root: string,
  env: NodeJS.ProcessEnv,
): Promise<Pick<InitFacts, 'git' | 'gitProblem'> & { tracked: readonly string[] }> {
  if (repositoryTop(root) === undefined) return { git: false, tracked: [] }
  try {
    const list = await plainGit(root, env).raw(['ls-files', '-z'])
    return { git: true, tracked: list.split('\0').filter((path) => path !== '') }
  } catch (error) {
    return {
      git: true,
      gitProblem: String(error instanceof Error ? error.message : error).split('\n')[0] ?? '',
      tracked: [],
    }
  }
}

function repositoryTop(folder: string): string | undefined {
  if (statOf(join(folder, '.git')) !== undefined) return folder
  return folder === dirname(folder) ? undefined : repositoryTop(dirname(folder))
}

/** A repository in which a person keeps the home folder is none of the project's. */
function repositoryAbove(root: string, home: string): string | undefined {
  const top = repositoryTop(root)
  return top === undefined || top === root || isNoProject(top, home) ? undefined : top
}

/** It goes into markdown that becomes rules, and the repository may be anyone's: only a plain name is taken. */
export function nameOf(folder: Folder, root: string): string {
  const written = Object.entries(namesIn).map(([file, name]) => name.exec(folder.read(file) ?? '')?.[1])
  const isName = (name: string | undefined): name is string =>
    name !== undefined && /^@?[\p{L}\p{N}][\p{L}\p{N}._/-]{0,60}$/u.test(name)
  return [...written, basename(root)].find(isName) ?? 'This project'
}

/** Where each language's projects say what they are called. */
const namesIn: Readonly<Record<string, RegExp>> = {
  'package.json': /"name"\s*:\s*"([^"\\]*)"/,
  'pyproject.toml': /^\[(?:project|tool\.poetry)\]\s*$(?:\n(?!\[)[^\n]*)*?\nname\s*=\s*["']([^"']*)["']/m,
  'Cargo.toml': /^\[package\]\s*$(?:\n(?!\[)[^\n]*)*?\nname\s*=\s*["']([^"']*)["']/m,
}

function foreignEntries(root: string): string[] {
  const ours = new Set([...templateFiles.map(({ path }) => path.split('/')[1]), 'rules'])
  try {
    return readdirSync(join(root, specFolder)).filter((name) => !ours.has(name) && /^[\w.-]+$/.test(name))
  } catch {
    return []
  }
}

function secretRules(home: string) {
  const { sources } = readSources({ home, packs: join(packageRoot, 'specs') })
  return sources.filter(({ path }) => path === 'oos:secrets').flatMap((source) => parseSpec(source).rules)
}

function existingFiles(places: {
  readonly root: string
  readonly home: string
}): Map<string, string | undefined> {
  const files = templateFiles.map(({ path }) => placeOf(path, places).file)
  return new Map(
    files.filter((file) => statOf(file) !== undefined).map((file) => [file, readPlainFile(file)]),
  )
}
