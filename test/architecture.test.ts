import { readdirSync, readFileSync } from 'node:fs'
import { dirname, join, relative } from 'node:path'
import { expect, test } from 'vitest'

const root = join(import.meta.dirname, '..')

/** Who stands above whom. A feature imports itself, and what stands in a later row. */
const rows = [
  ['cli', 'gateway'],
  ['agents', 'editor', 'harness', 'tasks', 'lessons', 'insight', 'society', 'ops'],
  ['gate', 'tools', 'models', 'memory', 'messages'],
  ['sandbox', 'store'],
  ['policy', 'spec'],
  ['shared'],
]
/** Edges inside a row that the direction grants all the same. */
const granted = new Set(['cli → gateway', 'spec → policy', 'agents → ops', 'editor → ops'])
const pure = ['policy', 'spec']
const diskReaders = new Set(['spec/read.ts'])
/** `node:` modules that only compute. */
const computing = new Set([
  'node:path',
  'node:path/posix',
  'node:crypto',
  'node:util',
  'node:buffer',
  'node:url',
  'node:net',
])
const banned = /(^|[-/.])(manager|helpers?|utils?|common|misc)([-/.]|$)/

interface Source {
  /** Below `src/`. */
  readonly path: string
  readonly text: string
  readonly imports: readonly string[]
}

const sources = readdirSync(join(root, 'src'), { recursive: true, encoding: 'utf8' })
  .filter((path) => path.endsWith('.ts'))
  .map(readSource)
const byPath = new Map(sources.map((source) => [source.path, source]))

test('the scanner sees every way to import', () => {
  const text = [
    "import type { A } from './a.ts'",
    'import {\n  b,\n  type C,\n} from "./b.ts"',
    "export * from './c.ts'",
    "import './d.ts'",
    "const e = await import('./e.ts')",
    "type F = import('./f.ts').F",
    "// import { g } from './g.ts'",
  ].join('\n')
  expect(scanImports(text)).toEqual(['./a.ts', './b.ts', './c.ts', './d.ts', './e.ts', './f.ts'])
})

test('imports go one way', () => {
  const wrong = edges().filter(({ from, to }) => !mayImport(from, to))
  expect(wrong.map(({ source, target }) => `${source} → ${target}`)).toEqual([])
})

test('every import of a source file is there', () => {
  const missing = sources.flatMap((source) => internal(source).filter((path) => !byPath.has(path)))
  expect(missing).toEqual([])
})

test('there are no cycles, types included', () => {
  expect(findCycles()).toEqual([])
})

test('policy and spec reach no input and no output', () => {
  const reaching = sources
    .filter(({ path }) => pure.includes(feature(path)) && !diskReaders.has(path))
    .flatMap(({ path, text, imports }) => [
      ...imports
        .filter((name) => name.startsWith('node:') && !computing.has(name))
        .map((name) => `${path}: ${name}`),
      ...(/\bprocess\.|\bDate\.now\(|\bnew Date\(\)|\bMath\.random\(/.test(stripComments(text))
        ? [`${path}: clock, chance or process`]
        : []),
    ])
  expect(reaching).toEqual([])
})

/** Every other program that is started is a probe, and says here why it is. */
const spawners: Readonly<Record<string, string>> = {
  'ops/init/ask.ts': 'asks the package manager that is installed where packages come from',
  'ops/find-oos.ts': 'asks the oos in PATH, which hooks start, whether it starts',
  'ops/git.ts': 'asks git what a run has added to a repository',
  'ops/hooks/asked-git.ts': 'asks git, from which the hook comes, about the commit at hand',
  'ops/hooks/required.ts':
    'starts what a rule requires before a commit: a run of its own, or in the sandbox already',
  'ops/diff/revision.ts': 'asks git for the specs of a commit',
  'store/tracked.ts': 'asks git whether the database is tracked',
  'sandbox/devices.ts': 'makes device nodes with cp, which Node cannot',
  'sandbox/facts.ts': 'asks bubblewrap for its version',
  'sandbox/process/foreground.ts': 'hands the terminal to a process group, which Node cannot',
  'sandbox/tree/find-linked.ts': 'asks find for files with more than one name, which is quicker than Node',
  'sandbox/process/pipe.ts': 'makes named pipes, which Node cannot',
  'sandbox/process/terminal.ts': 'asks stty for the state of the terminal, and puts it back',
}

test('processes are started by the sandbox alone', () => {
  const starting = sources
    .filter(({ text }) => /^import (?!type\b)[^;]*?'node:child_process'/m.test(text))
    .map(({ path }) => path)
  const allowed = new Set(['sandbox/run.ts', ...Object.keys(spawners)])
  expect(starting.filter((path) => !allowed.has(path))).toEqual([])
})

test('a database is opened by the store alone, and SQL stands only there', () => {
  const speaking = sources
    .filter(({ path }) => feature(path) !== 'store' && !path.endsWith('/db.ts'))
    .filter(
      ({ text, imports }) =>
        imports.some((name) => /^(better-sqlite3|kysely|node:sqlite)/.test(name)) || containsSql(text),
    )
  expect(speaking.map(({ path }) => path)).toEqual([])
})

test('no file is called by a word that says nothing', () => {
  expect(sources.map(({ path }) => path).filter((path) => banned.test(path))).toEqual([])
})

test('folders are at most two deep', () => {
  expect(sources.map(({ path }) => path).filter((path) => path.split('/').length > 3)).toEqual([])
})

test('a file over 300 lines says why in its first lines', () => {
  const long = sources.filter(({ text }) => text.split('\n').length > 301)
  expect(
    long
      .filter(({ text }) => !/^\/\/ Longer than 300 lines: ./m.test(text.slice(0, 1000)))
      .map(({ path }) => path),
  ).toEqual([])
})

function readSource(path: string): Source {
  const text = readFileSync(join(root, 'src', path), 'utf8')
  return { path, text, imports: scanImports(text) }
}

function scanImports(text: string): string[] {
  const pattern =
    /(?:^|[\n;])\s*(?:import|export)\s[^'"`;]*?from\s*['"]([^'"]+)['"]|(?:^|\n)\s*import\s*['"]([^'"]+)['"]|\bimport\(\s*['"]([^'"]+)['"]\s*\)/g
  return [...stripComments(text).matchAll(pattern)].map((match) => match[1] ?? match[2] ?? match[3] ?? '')
}

function stripComments(text: string): string {
  return text.replace(/^\s*(?:\/\/|\/?\*).*$/gm, '')
}

function internal({ path, imports }: Source): string[] {
  return imports
    .filter((name) => name.startsWith('.'))
    .map((name) => relative('/', join('/', dirname(path), name)))
}

function feature(path: string): string {
  return path.includes('/') ? path.slice(0, path.indexOf('/')) : 'index'
}

function edges() {
  return sources.flatMap((source) =>
    internal(source).map((target) => ({
      source: source.path,
      target,
      from: feature(source.path),
      to: feature(target),
    })),
  )
}

function mayImport(from: string, to: string): boolean {
  if (from === to || from === 'index' || granted.has(`${from} → ${to}`)) return true
  const [above, below] = [from, to].map((name) => rows.findIndex((row) => row.includes(name)))
  return above !== undefined && below !== undefined && above !== -1 && above < below
}

function findCycles(): string[] {
  const state = new Map<string, 'open' | 'done'>()
  const cycles: string[] = []
  for (const { path } of sources) visit(path, [])
  return cycles

  function visit(path: string, trail: readonly string[]): void {
    if (state.get(path) === 'done') return
    if (state.get(path) === 'open') {
      cycles.push([...trail.slice(trail.indexOf(path)), path].join(' → '))
      return
    }
    state.set(path, 'open')
    const source = byPath.get(path)
    for (const target of source === undefined ? [] : internal(source)) visit(target, [...trail, path])
    state.set(path, 'done')
  }
}

function containsSql(text: string): boolean {
  return /['"`]\s*(SELECT\s.+\sFROM|INSERT\s+INTO|UPDATE\s+\w+\s+SET|DELETE\s+FROM|CREATE\s+TABLE|PRAGMA\s)/i.test(
    text,
  )
}
