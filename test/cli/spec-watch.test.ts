import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { chmodSync, existsSync, mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { afterEach, expect, test } from 'vitest'
import { executable, makeTree, oos } from './oos.ts'

const file = '.agent-os/AGENT.md'
const narrow = '- **Allow** `file:src/**:read`\n'
const wide = '- **Allow** `file:**:read`\n'
const children: ChildProcess[] = []
afterEach(() => {
  for (const child of children.splice(0)) child.kill('SIGKILL')
})

/** The program, watching a project; `until` goes on through what it prints to a line that fits. */
function watch(files: Readonly<Record<string, string>>, options: Options = {}) {
  const cwd = makeTree({ 'shop/package.json': '{}', ...files })
  const shop = join(cwd, 'shop')
  const child = spawn(process.execPath, [executable, 'spec', 'watch', ...(options.words ?? ['--json'])], {
    cwd: shop,
    env: { ...process.env, HOME: cwd, ...options.env?.(shop) },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  children.push(child)
  const talk: string[] = []
  child.stderr.on('data', (data) => talk.push(String(data)))
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]()
  const until = async (fits: (line: string) => boolean): Promise<string> => {
    for (;;) {
      const { value, done } = await lines.next()
      if (done) throw new Error(`it ended: ${talk.join('')}`)
      if (fits(value)) return value
    }
  }
  const document = async (fits: (document: Document) => boolean): Promise<Document> =>
    JSON.parse(await until((line) => fits(JSON.parse(line))))
  const ended = new Promise<number | null>((resolve) => child.once('exit', resolve))
  const write = (text: string, path = file) => writeFileSync(join(shop, path), text)
  return { cwd, shop, child, until, document, ended, write, talk }
}

interface Options {
  readonly words?: readonly string[]
  readonly env?: (shop: string) => NodeJS.ProcessEnv
}

interface Document {
  readonly version: number
  readonly command?: string
  readonly data?: {
    readonly diagnostics: readonly { readonly code: string; readonly severity: string }[]
    readonly difference?: { readonly widens: boolean; readonly allowed: readonly { examples: unknown[] }[] }
  }
  readonly error?: { readonly code: string }
}

const codes = ({ data }: Document) => data?.diagnostics.map(({ code }) => code)

test('each save is one JSON document on a line, with what the edit means, until Ctrl-C', async () => {
  const { document, write, child, ended } = watch({ [`shop/${file}`]: narrow })
  const first = await document(() => true)
  expect(first).toMatchObject({
    version: 1,
    command: 'spec watch',
    data: { diagnostics: [], rules: expect.any(Number) },
  })
  expect(first.data?.difference).toBeUndefined()
  write(wide)
  const widened = await document(({ data }) => data?.difference?.widens === true)
  expect(JSON.stringify(widened.data?.difference?.allowed)).toContain('file:package.json:read')
  write(`${wide}- **Dney** \`file:a:read\`\n`)
  expect(codes(await document((each) => codes(each)?.length === 1))).toEqual(['rule/near-miss'])
  write(narrow)
  await document(({ data }) => data?.difference?.widens === false)
  child.kill('SIGINT')
  expect(await ended).toBe(130)
})

test('what it says is what `spec check` says, and last a line that sums up', async () => {
  const { until, write, shop, cwd } = watch({ [`shop/${file}`]: narrow }, { words: [] })
  expect(await until(() => true)).toMatch(/^\d\d:\d\d:\d\d nothing wrong in 1 file with \d+ rules$/)
  write('- **Dney** `file:a:read`\n')
  const [head = '', ...rest] = oos(['spec', 'check'], { cwd: shop, env: { HOME: cwd } })
    .stdout.trimEnd()
    .split('\n')
  expect(await until(() => true)).toBe(head)
  for (const line of rest.slice(0, -1)) expect(await until(() => true)).toBe(line)
  expect(await until(() => true)).toMatch(/^\d\d:\d\d:\d\d 1 error in 1 file/)
  write(wide)
  expect(await until((line) => line.includes('newly allowed'))).toContain('file:package.json:read')
  expect(await until(() => true)).toMatch(/^this allows more/)
})

test('the user’s own specs are watched too, also when there were none', async () => {
  const { document, cwd } = watch({ [`shop/${file}`]: narrow })
  await document(() => true)
  mkdirSync(join(cwd, '.agent-os'))
  writeFileSync(join(cwd, '.agent-os/GLOBAL_RULES.md'), '- **Dney** `env:A`\n')
  expect(codes(await document((each) => codes(each)?.length === 1))).toEqual(['rule/near-miss'])
})

test('it goes on through specs that are gone, cannot be read, and are put in another’s place', async () => {
  const { document, shop, write, child, ended } = watch({ [`shop/${file}`]: narrow })
  await document(() => true)
  renameSync(join(shop, '.agent-os'), join(shop, 'away'))
  expect((await document(({ error }) => error !== undefined)).error?.code).toBe('project-missing')
  renameSync(join(shop, 'away'), join(shop, '.agent-os'))
  await document(({ data }) => data?.diagnostics.length === 0)
  rmSync(join(shop, file))
  mkdirSync(join(shop, file))
  await document((each) => codes(each)?.includes('source/unreadable') === true)
  mkdirSync(join(shop, 'next'))
  writeFileSync(join(shop, 'next/AGENT.md'), wide)
  renameSync(join(shop, '.agent-os'), join(shop, 'old'))
  renameSync(join(shop, 'next'), join(shop, '.agent-os'))
  await document(({ data }) => data?.diagnostics.length === 0 && data.difference?.widens === true)
  write('- **Dney** `file:a:read`\n')
  await document((each) => codes(each)?.includes('rule/near-miss') === true)
  child.kill('SIGINT')
  expect(await ended).toBe(130)
})

test('it ends where the project is gone, and begins in none', async () => {
  const { document, shop, ended, talk } = watch({ [`shop/${file}`]: narrow })
  await document(() => true)
  rmSync(shop, { recursive: true })
  await document(({ error }) => error?.code === 'project-unreadable')
  expect(await ended).toBe(2)
  expect(talk.join('')).toMatch(/^watching the specs of /)
  const { code, stdout } = oos(['spec', 'watch', '--json'], { cwd: makeTree({ a: '' }) })
  expect({ code, error: JSON.parse(stdout).error.code }).toEqual({ code: 2, error: 'project-missing' })
})

test('no program of the project is run, though its folder stands first in the path', async () => {
  const fake = '#!/bin/sh\ntouch "$(dirname "$0")/../ran"\n'
  const { document, write, shop } = watch(
    { [`shop/${file}`]: narrow, 'shop/bin/git': fake },
    {
      env: (folder) => {
        chmodSync(join(folder, 'bin/git'), 0o755)
        return { PATH: `${join(folder, 'bin')}:${process.env.PATH}` }
      },
    },
  )
  await document(() => true)
  write(wide)
  await document(({ data }) => data?.difference?.widens === true)
  expect(existsSync(join(shop, 'ran'))).toBe(false)
})

const limited = ['unshare', '--user', '--map-root-user', 'sh', '-c'] as const
const canLimit =
  spawnSync(limited[0], [...limited.slice(1), 'echo 2 > /proc/sys/user/max_inotify_watches']).status === 0

test.skipIf(!canLimit)('a machine that watches no more files is said to be one, and it ends', () => {
  const cwd = makeTree({ [file]: narrow })
  const program = `echo 2 > /proc/sys/user/max_inotify_watches; exec "$0" '${executable}' spec watch --json`
  const { status, stdout } = spawnSync(limited[0], [...limited.slice(1), program, process.execPath], {
    cwd,
    encoding: 'utf8',
  })
  const last = JSON.parse(stdout.trimEnd().split('\n').at(-1) ?? '')
  expect({ status, error: last.error }).toMatchObject({
    status: 1,
    error: { code: 'failed', hint: expect.stringContaining('max_user_watches') },
  })
})
