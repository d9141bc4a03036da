import { spawn, spawnSync } from 'node:child_process'
import {
  chmodSync,
  chownSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  realpathSync,
  rmdirSync,
  rmSync,
  symlinkSync,
  unlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import type { Writable } from 'node:stream'
import { compilePolicy } from '../../src/policy/compile.ts'
import { toBubblewrap } from '../../src/sandbox/bubblewrap.ts'
import { readFacts } from '../../src/sandbox/facts.ts'
import { makeCacheHome } from '../../src/sandbox/home.ts'
import { planSandbox } from '../../src/sandbox/plan.ts'
import { findProgram } from '../../src/sandbox/program.ts'
import { isStandIn, makeLooks, makeStandIns, putSocket, standIns } from '../../src/sandbox/stand-ins.ts'
import { readTree } from '../../src/sandbox/tree/read.ts'
import type { SandboxPlan } from '../../src/sandbox/types.ts'
import { builtInRules, rulesOf } from './rules.ts'

/** Everybody a run must hold for; without root there is nobody else to be. */
export const people =
  process.getuid?.() === 0
    ? [
        { who: 'root', id: 0 },
        { who: 'an ordinary user', id: 12345 },
      ]
    : [{ who: 'an ordinary user', id: process.getuid?.() ?? 0 }]

/** Text is a file's content, `null` a folder, `{ link }` a symbolic link. */
export type Files = Readonly<Record<string, string | null | { readonly link: string }>>

export interface Scene {
  readonly base: string
  readonly root: string
  readonly home: string
  readonly outside: string
  readonly id: number
  readonly remove: () => void
}

/** A project, a home folder and a folder that is neither, all owned by the person. */
export function createScene({ id = 0, files = {} }: { id?: number; files?: Files }): Scene {
  const base = realpathSync(mkdtempSync(join(tmpdir(), 'oos-scene-')))
  chmodSync(base, 0o755)
  const scene = {
    base,
    root: join(base, 'work'),
    home: join(base, 'home'),
    outside: join(base, 'outside'),
    id,
  }
  for (const folder of [scene.root, scene.home, scene.outside]) mkdirSync(folder)
  for (const [name, content] of Object.entries(files)) put(join(base, name), content)
  own(base, id)
  return { ...scene, remove: () => rmSync(base, { recursive: true, force: true }) }
}

function put(path: string, content: Files[string] | undefined): void {
  mkdirSync(dirname(path), { recursive: true })
  if (content === null || content === undefined) mkdirSync(path, { recursive: true })
  else if (typeof content === 'string') writeFileSync(path, content)
  else symlinkSync(content.link, path)
}

export function own(path: string, id: number): void {
  if (process.getuid?.() === 0) spawnSync('chown', ['-hR', `${id}:${id}`, path])
}

export function git(scene: Scene, folder: string, ...args: string[]): string {
  const person = process.getuid?.() === 0 ? { uid: scene.id, gid: scene.id } : {}
  const identity = ['-c', 'user.name=a', '-c', 'user.email=a@example.com']
  const result = spawnSync('git', [...identity, ...args], {
    cwd: folder,
    encoding: 'utf8',
    env: { PATH: process.env.PATH, HOME: scene.home },
    ...person,
  })
  return result.stdout + result.stderr
}

export interface RunOptions {
  readonly rules?: readonly string[]
  readonly env?: Readonly<Record<string, string>>
  /** Takes a protection out of bubblewrap's options. */
  readonly without?: (options: readonly string[], scene: Scene) => readonly string[]
  readonly withoutFilter?: boolean
  readonly keepGhosts?: boolean
}

export interface Ended {
  readonly code: number | null
  readonly signal: NodeJS.Signals | null
  readonly out: string
  readonly plan: SandboxPlan
}

export const openRules = [
  'Allow file:**:read,write',
  'Deny file:**/.env*:* except file:**/.env.example:read',
  'Deny file:secrets/**:*',
]

export async function planScene(
  scene: Scene,
  command: readonly string[],
  { rules = openRules, env = {} }: RunOptions = {},
) {
  const { root, home, id } = scene
  const hostEnv = { PATH: '/usr/local/bin:/usr/bin:/bin', TERM: 'dumb', ...env, HOME: home }
  const machine = readFacts(hostEnv, { uid: id, gid: id })
  const policy = compilePolicy({ rules: [...builtInRules(), ...rulesOf(rules)], root, home, now: 0 })
  const tree = await readTree(policy, 'command')
  const cacheHome = join(scene.base, 'cache')
  makeStandIns(standInsPlace(scene))
  const program = findProgram(command[0] ?? '', { root, cwd: root, path: hostEnv.PATH })
  const plan = planSandbox({
    policy,
    agent: 'command',
    command,
    cwd: root,
    root,
    machine,
    tree,
    program,
    standIns: standIns(standInsPlace(scene)),
    cacheHome,
    interactive: false,
  })
  return { plan, machine, cacheHome, tree }
}

const standInsPlace = ({ base }: Scene) => join(base, 'stand-ins')

/** Runs a command in the real sandbox of a scene, as its person, and takes away what protecting it left behind. */
export async function runIn(
  scene: Scene,
  command: readonly string[],
  options: RunOptions = {},
): Promise<Ended> {
  const { plan, machine, cacheHome } = await planScene(scene, command, options)
  makeCacheHome(cacheHome)
  makeLooks(plan.mounts)
  for (const folder of [cacheHome, standInsPlace(scene)]) own(folder, scene.id)
  for (const { path, content, unlisted } of plan.placeholders) {
    if (unlisted && isStandIn(path)) continue
    if (unlisted) putSocket(standInsPlace(scene), path)
    else if (content === undefined) mkdirSync(path)
    else writeFileSync(path, content, { flag: 'wx' })
    chownSync(path, scene.id, scene.id)
  }
  try {
    const line = toBubblewrap(plan, machine)
    const [program = '', ...args] = line.argv
    const argv = options.withoutFilter ? dropFilter(args) : args
    const person = process.getuid?.() === 0 ? { uid: scene.id, gid: scene.id } : {}
    const last = Math.max(...line.files.map(({ fd }) => fd))
    const others = Array.from(
      { length: last - 2 },
      (_, at) => (line.files.some(({ fd }) => fd === at + 3) ? 'pipe' : 'ignore') as 'pipe' | 'ignore',
    )
    const optionsFd = Number(args[args.indexOf('--args') + 1])
    // In one pipe, so that what it says comes in the order in which it was said.
    const child = spawn('/bin/sh', ['-c', 'exec /usr/bin/env -i "$@" 2>&1', 'sh', program, ...argv], {
      env: {},
      stdio: ['ignore', 'pipe', 'ignore', ...others],
      ...person,
    })
    for (const { fd, bytes } of line.files) {
      const sent =
        fd === optionsFd && options.without
          ? change(bytes, (words) => options.without?.(words, scene) ?? words)
          : bytes
      const pipe = child.stdio[fd] as Writable
      pipe.on('error', () => {})
      pipe.end(sent)
    }
    let out = ''
    child.stdout?.setEncoding('utf8').on('data', (text: string) => (out += text))
    const { promise, resolve } = Promise.withResolvers<Omit<Ended, 'out' | 'plan'>>()
    child.on('close', (code, signal) => resolve({ code, signal }))
    return { ...(await promise), out, plan }
  } finally {
    if (!options.keepGhosts) clean(plan)
  }
}

function clean({ ghosts, placeholders }: SandboxPlan): void {
  for (const path of [...ghosts, ...placeholders.map(({ path }) => path)]) {
    const stats = lstatSync(path, { throwIfNoEntry: false })
    if (stats?.isDirectory() && readdirSync(path).length === 0) rmdirSync(path)
    else if (stats?.isSocket() || (stats?.isFile() && stats.size < 3)) unlinkSync(path)
  }
}

function change(bytes: Uint8Array, edit: (words: readonly string[]) => readonly string[]): string {
  const words = Buffer.from(bytes).toString().split('\0').slice(0, -1)
  return edit(words)
    .map((word) => `${word}\0`)
    .join('')
}

function dropFilter(args: readonly string[]): string[] {
  const at = args.indexOf('--seccomp')
  return args.toSpliced(at, 2)
}

/** Takes out an option with its values, wherever it is given: `without('--ro-bind', '/dev/null', '*')`. */
export function without(...pattern: readonly string[]) {
  return (options: readonly string[]): readonly string[] => {
    const kept = [...options]
    for (let at = kept.length - pattern.length; at >= 0; at -= 1) {
      if (pattern.every((word, index) => word === '*' || word === kept[at + index]))
        kept.splice(at, pattern.length)
    }
    return kept
  }
}
