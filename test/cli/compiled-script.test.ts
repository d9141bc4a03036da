import { execFileSync } from 'node:child_process'
import {
  chmodSync,
  readdirSync,
  readFileSync,
  renameSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { expect, test } from 'vitest'
import { makeTree } from './oos.ts'

/** As the build writes them: a hash, and a function of what a module has. */
const script = (hash: string, said: string) =>
  `/*${hash}*/(function(require,module,__meta){module.exports={
    answer(number){return ${said}+require('node:path').sep+number},
    other(){return __meta.import('./other.mjs')},
    part(){return __meta.script('part.js').answer(3)}}})`

const first = '0123456789abcdef'
const source = pathToFileURL(join(import.meta.dirname, '../../src/cli/compiled-script.ts')).href

function scene() {
  const folder = makeTree({
    'script.js': script(first, "'one'"),
    'part.js': script('00112233445566ff', "'part'"),
    'other.mjs': 'export const name = import.meta.filename',
    'kept/.keep': '',
  })
  const kept = join(folder, 'kept')
  /** In a process of its own: within one, V8 does not look at what is kept of a text that it knows. */
  const start = (cache: string | undefined, calls = 'exports.answer(1)') => {
    const words = [join(folder, 'script.js'), ...(cache === undefined ? [] : [cache])].map(
      (word) => `'${word}'`,
    )
    const text = `import { runCompiled } from '${source}'
      const { exports, keep } = runCompiled(${words})
      console.log(await ${calls})
      keep()`
    const line = ['--no-warnings', '--input-type=module', '--eval', text]
    return execFileSync(process.execPath, line, { encoding: 'utf8' }).trim()
  }
  const files = () => readdirSync(kept).filter((name) => name !== '.keep')
  const bytes = () => readFileSync(join(kept, files()[0] ?? ''))
  return { folder, kept, start, files, bytes }
}

test('what three starts compiled is kept, and later starts leave it as it is', () => {
  const { start, files, bytes, kept } = scene()
  for (const starts of [1, 2, 3, 3, 3]) {
    expect(start(kept)).toBe('one/1')
    expect(files()).toEqual([`script-${first}-${process.version}-${process.arch}`])
    expect(bytes().at(-1)).toBe(starts)
  }
})

test('functions that were called are kept compiled', () => {
  const { start, bytes, kept } = scene()
  start(kept, 'undefined')
  const uncalled = bytes().length
  start(kept)
  expect(bytes().length).toBeGreaterThan(uncalled)
})

test('another text of the same length is not taken for what is kept', () => {
  const { folder, start, files, kept } = scene()
  start(kept)
  writeFileSync(join(folder, 'script.js'), script('fedcba9876543210', "'two'"))
  expect(start(kept)).toBe('two/1')
  expect(files()).toHaveLength(2)
})

test('what nobody has started for a long time is taken away when something new is kept', () => {
  const { kept, start, files } = scene()
  const name = (script: string, age: string) => `${script}-${'0'.repeat(16)}-${age}`
  const others = [name('script', 'old'), name('script', 'new'), name('script-run', 'old')]
  for (const other of others) writeFileSync(join(kept, other), '')
  for (const other of others.filter((each) => each.endsWith('old'))) utimesSync(join(kept, other), 0, 0)
  start(kept)
  expect(files().filter((file) => others.includes(file))).toEqual(others.slice(1))
})

test('an old file of the same name that was kept by somebody else stays: the folder may be any', () => {
  const { kept, start, files } = scene()
  writeFileSync(join(kept, 'script'), 'mine')
  utimesSync(join(kept, 'script'), 0, 0)
  start(kept)
  expect(files()).toContain('script')
})

test.each([
  { is: 'empty', damage: () => Buffer.alloc(0) },
  { is: 'noise', damage: (bytes: Buffer) => Buffer.alloc(bytes.length, 'noise') },
  { is: 'cut off', damage: (bytes: Buffer) => bytes.subarray(0, bytes.length / 2) },
  {
    is: 'wrong in one bit',
    damage: (bytes: Buffer) => Buffer.from(bytes.map((byte, at) => (at === 300 ? byte ^ 1 : byte))),
  },
  { is: 'of zeros', damage: (bytes: Buffer) => Buffer.alloc(bytes.length) },
  {
    is: 'of another V8',
    damage: (bytes: Buffer) => Buffer.concat([bytes.subarray(0, 4), Buffer.alloc(4, 7), bytes.subarray(8)]),
  },
])('what is kept and $is is compiled again', ({ damage }) => {
  const { start, files, bytes, kept } = scene()
  start(kept)
  writeFileSync(join(kept, files()[0] ?? ''), damage(bytes()))
  expect(start(kept)).toBe('one/1')
  expect(bytes().at(-1)).toBe(1)
})

test('what others may read or write is not believed, and no link is followed', () => {
  const { start, files, bytes, kept } = scene()
  start(kept)
  const file = join(kept, files()[0] ?? '')
  chmodSync(file, 0o640)
  start(kept)
  expect(bytes().at(-1)).toBe(1)
  renameSync(file, join(kept, 'elsewhere'))
  symlinkSync(join(kept, 'elsewhere'), file)
  start(kept)
  expect(bytes().at(-1)).toBe(1)
})

test('where nothing can be kept it runs all the same, and leaves nothing behind', () => {
  const { start, files, kept } = scene()
  for (const cache of [undefined, join(kept, 'missing'), '/proc']) expect(start(cache)).toBe('one/1')
  expect(files()).toEqual([])
})

test('a module that the script imports lies beside it', () => {
  const { folder, kept, start } = scene()
  expect(start(kept, 'exports.other().then(({ name }) => name)')).toBe(join(folder, 'other.mjs'))
})

test('another script that it runs is kept with it', () => {
  const { kept, start, files } = scene()
  expect(start(kept, 'exports.part()')).toBe('part/3')
  expect(files().map((name) => name.split('-')[0])).toEqual(['part', 'script'])
})
