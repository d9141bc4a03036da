import { spawnSync } from 'node:child_process'
import {
  chmodSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import type { Command } from 'commander'
import { beforeAll, describe, expect, it } from 'vitest'
import { createStyle } from '../../src/cli/output/style.ts'
import { describeProgram } from '../../src/cli/program.ts'
import { parseCommands } from '../../src/policy/shell/reading.ts'
import { executable, makeTree, oos } from '../cli/oos.ts'

const root = join(import.meta.dirname, '../..')
const generated = ['cli.md', 'events.md', 'schema.md', 'diagnostics.md']
const pages = [
  'README.md',
  'CONTRIBUTING.md',
  ...readdirSync(join(root, 'docs')).map((name) => `docs/${name}`),
]
  .filter((page) => page.endsWith('.md') && !generated.some((name) => page === `docs/${name}`))
  .map((page) => ({ page, text: readFileSync(join(root, page), 'utf8') }))

describe('every command line of oos that a page shows', async () => {
  const style = createStyle(false)
  const terminal = { env: {}, json: false, width: 100, style, talk: style, cwd: () => root }
  const program = await describeProgram({ ...terminal, answer: () => undefined, tell: () => undefined })
  const lines = pages.flatMap(({ page, text }) => commandLines(text).map((line) => ({ page, line })))

  it.each(lines)('is one that oos knows: $line ($page)', ({ line }) => {
    for (const words of oosWords(line)) expect(faults(program, words)).toEqual([])
  })

  it('are found at all, and a wrong one is noticed', () => {
    expect(lines.length).toBeGreaterThan(40)
    expect(faults(program, ['spec', 'chekc'])).not.toEqual([])
    expect(faults(program, ['run', '--quiet', '--', 'true'])).not.toEqual([])
  })
})

describe('what a page shows being run', () => {
  let project: { readonly cwd: string; readonly env: NodeJS.ProcessEnv }
  beforeAll(() => {
    project = makeProject()
  })

  it.each(runBlocks())('prints what the page says: $command ($page)', ({ command, expected }) => {
    const { stdout, stderr, status } = spawnSync('sh', ['-c', `${command} 2>&1`], {
      ...project,
      encoding: 'utf8',
    })
    expect(status, stderr).not.toBe(127)
    expect(stdout).toMatch(expected)
  })
})

it('the generated pages are what the program says', () => {
  const { stderr, status } = spawnSync(process.execPath, ['scripts/docs.ts', '--check'], {
    cwd: root,
    encoding: 'utf8',
  })
  expect({ stderr, status }).toEqual({ stderr: '', status: 0 })
})

it.each(pages)('every link of $page leads to a file', ({ page, text }) => {
  const names = [...text.matchAll(/\]\((?!https?:|#)([^)#]+)/g)].map(([, name = '']) => name)
  const missing = names.filter((name) => {
    const folder = dirname(join(root, page, '..', name))
    return !readdirSync(folder).includes(join(name).split('/').at(-1) ?? '')
  })
  expect(missing).toEqual([])
})

it('every test that docs/security.md names is there', () => {
  const text = readFileSync(join(root, 'docs/security.md'), 'utf8')
  const names = [...text.matchAll(/`((?:agents|cli|e2e|editor|ops|policy|sandbox|spec|store)\/[a-z/.-]+)`/g)]
  expect(names.length).toBeGreaterThan(40)
  expect(names.filter(([, name]) => !existsSync(join(root, `test/${name}.test.ts`)))).toEqual([])
})

/** Lines of console blocks, and code spans, that begin with `oos `; a comment behind one is left out. */
function commandLines(text: string): string[] {
  const blocks = [...text.matchAll(/```(?:console|bash)[^\n]*\n(.*?)```/gs)].flatMap(([, block = '']) =>
    block.split('\n').map((line) => line.replace(/^\$ /, '')),
  )
  const prose = text.replace(/```.*?```/gs, '')
  const spans = [...prose.matchAll(/`(oos [^`]+)`/g)].map(([, span = '']) => span)
  return [...new Set([...blocks, ...spans].filter((line) => /(^|&& |; )oos( |$)/.test(line)))]
}

/** The words after `oos` of each command in the line, read by the shell grammar that oos itself uses. */
function oosWords(line: string): (readonly string[])[] {
  const commands = parseCommands(line.replace(/ …$/, '')).commands
  return commands.filter(({ words }) => words[0] === 'oos').map(({ words }) => words.slice(1))
}

function faults(program: Command, words: readonly string[]): string[] {
  const end = words.indexOf('--')
  const typed = end === -1 ? words : words.slice(0, end)
  // Behind an agent's name stand words of its own.
  const isAgent = typed[0] === 'run' && typed[1]?.startsWith('-') === false
  const [command, rest] = descend(program, isAgent ? typed.slice(0, 2) : typed)
  const known = [command, command.parent, program].flatMap((each) => each?.options ?? [])
  const options = rest.filter((word) => word.startsWith('-') && word !== '--help')
  const unknown = options.filter((word) => !known.some(({ short, long }) => word === short || word === long))
  const takesNone = command.commands.length > 0 && command.registeredArguments.length === 0
  return takesNone && options.length === 0 ? [...unknown, ...rest] : unknown
}

function descend(command: Command, words: readonly string[]): [Command, readonly string[]] {
  const next = command.commands.find((each) => each.name() === words[0])
  return next === undefined ? [command, words] : descend(next, words.slice(1))
}

interface Shown {
  readonly page: string
  readonly command: string
  readonly expected: RegExp
}

/** Blocks that begin with ```console run: `$ ` lines are run, in one project a page after another; `…` stands for anything. */
function runBlocks(): Shown[] {
  return pages.flatMap(({ page, text }) =>
    [...text.matchAll(/```console run\n(.*?)```/gs)].flatMap(([, block = '']) =>
      block
        .split(/^\$ /m)
        .slice(1)
        .map((part) => {
          const [command = '', ...lines] = part.trimEnd().split('\n')
          return { page, command, expected: new RegExp(lines.map(toPattern).join('\n')) }
        }),
    ),
  )
}

function toPattern(line: string): string {
  if (line === '…') return '[^]*?'
  return line
    .split('…')
    .map((part) => part.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&'))
    .join('.*')
}

function makeProject() {
  const cwd = makeTree({
    'package.json': '{"name":"shop","version":"1.0.0","scripts":{"test":"node --test"}}',
    'shop.test.js': "require('node:test')('adds', () => undefined)",
    '.env': 'KEY=s3cret',
    'agent.sh': readFileSync(join(root, 'test/fixtures/agent.sh'), 'utf8'),
  })
  const home = mkdtempSync(join(realpathSync(tmpdir()), 'oos-home-'))
  const bin = mkdtempSync(join(realpathSync(tmpdir()), 'oos-bin-'))
  writeFileSync(join(bin, 'oos'), `#!/bin/sh\nexec '${process.execPath}' '${executable}' "$@"\n`)
  chmodSync(join(bin, 'oos'), 0o755)
  const env = { PATH: `${bin}:/usr/local/bin:/usr/bin:/bin`, HOME: home, LANG: 'C.UTF-8' }
  spawnSync('git', ['init', '-q'], { cwd, env })
  oos(['init', '--yes'], { cwd, env })
  return { cwd, env }
}
