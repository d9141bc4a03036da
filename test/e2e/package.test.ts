import { execFileSync, spawnSync } from 'node:child_process'
import {
  appendFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  realpathSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir, userInfo } from 'node:os'
import { join } from 'node:path'
import { beforeAll, expect, test } from 'vitest'
import { readVersion } from '../../src/shared/package.ts'

const root = join(import.meta.dirname, '../..')
const folder = mkdtempSync(join(realpathSync(tmpdir()), 'oos-package-'))

beforeAll(() => {
  const env = npmEnv()
  const npm = (...words: string[]) =>
    execFileSync('npm', words, { cwd: folder, env, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] })
  const [packed] = JSON.parse(npm('pack', root, '--json', '--ignore-scripts')) as [{ filename: string }]
  writeFileSync(join(folder, 'package.json'), '{ "private": true, "type": "module" }')
  npm('install', `./${packed.filename}`, '--prefer-offline', '--no-audit', '--no-fund')
}, 120_000)

test('the packed program says its version', () => {
  expect(run(join(folder, 'node_modules/.bin/oos'), ['--version'])).toEqual({
    status: 0,
    stdout: `${readVersion()}\n`,
    stderr: '',
  })
})

test('the package brings its packs, its types, what editors read, and the licences of what it bundles', () => {
  const paths = [
    'specs/packs/protected.md',
    'dist/types/index.d.ts',
    'dist/editor/findings-worker.js',
    'schemas/definition.json',
    'docs/diagnostics.md',
    'dist/THIRD_PARTY_LICENSES',
    'LICENSE',
  ]
  expect(paths.filter((path) => !existsSync(join(folder, 'node_modules/oos', path)))).toEqual([])
})

test('the package brings none of its sources or tests', () => {
  expect(
    ['src', 'test', 'scripts', 'bench'].filter((path) => existsSync(join(folder, 'node_modules/oos', path))),
  ).toEqual([])
})

test.each(examples('README.md', 'docs/api.md'))('$name prints what the page says', ({ code, expected }) => {
  const file = join(folder, 'example.mjs')
  writeFileSync(file, code)
  expect(run(process.execPath, [file])).toEqual({ status: 0, stdout: expected, stderr: '' })
})

test.each([
  { module: 'node16', moduleResolution: 'node16' },
  { module: 'esnext', moduleResolution: 'bundler' },
])('its types stand alone, resolved as $moduleResolution does', (resolving) => {
  const compilerOptions = {
    ...resolving,
    types: [],
    noEmit: true,
    strict: true,
    exactOptionalPropertyTypes: true,
  }
  writeFileSync(
    join(folder, 'tsconfig.json'),
    JSON.stringify({ compilerOptions: { ...compilerOptions, skipLibCheck: false }, files: ['own.ts'] }),
  )
  writeFileSync(
    join(folder, 'own.ts'),
    `import { compilePolicy, decide, parseSpec, readSpecs, type Request, type SandboxPlan } from 'oos'
const request: Request = { resource: 'file', action: 'read', target: '/x/a' }
const { rules } = parseSpec({ path: 'A.md', kind: 'agent', layer: 'project', bytes: new Uint8Array() })
export const policy = compilePolicy({ rules: [...rules, ...readSpecs().rules], root: '/x', home: '/h', now: 0 })
export const effect: 'allow' | 'ask' | 'deny' = decide(policy, request).effect
export type Limit = SandboxPlan['limits'][number]
`,
  )
  const compiler = join(root, 'node_modules/typescript/bin/tsc')
  expect(run(process.execPath, [compiler, '-p', folder])).toEqual({ status: 0, stdout: '', stderr: '' })
})

test('a pack that was changed after the build holds as it is now', () => {
  const specs = join(folder, '.agent-os')
  mkdirSync(specs)
  writeFileSync(
    join(specs, 'AGENT.md'),
    '---\nextends: [oos:go]\n---\n- **Allow** `file:src/**:read` — work\n',
  )
  const rules = () => {
    const { stdout } = run(join(folder, 'node_modules/.bin/oos'), ['spec', 'show', '--json'])
    const shown = JSON.parse(stdout) as { data: { rules: readonly { source: { file: string } }[] } }
    return shown.data.rules.filter(({ source }) => source.file === 'oos:go').length
  }
  const before = rules()
  expect(before).toBeGreaterThan(0)
  appendFileSync(join(folder, 'node_modules/oos/specs/packs/go.md'), '\n- **Deny** `file:gone/**:*` — more\n')
  expect(rules()).toBe(before + 1)
})

interface Example {
  readonly name: string
  readonly code: string
  readonly expected: string
}

/** A block of JavaScript, and the block of text right after it that says what it prints. */
function examples(...pages: readonly string[]): Example[] {
  return pages.flatMap((page) => {
    const text = readFileSync(join(root, page), 'utf8')
    return [...text.matchAll(/```js\n(.*?)```\s*```text\n(.*?)```/gs)].map(
      ([, code = '', expected = ''], index) => ({
        name: `${page}, example ${index + 1}`,
        code,
        expected,
      }),
    )
  })
}

function run(program: string, words: readonly string[]) {
  const { status, stdout, stderr } = spawnSync(program, [...words], { cwd: folder, encoding: 'utf8' })
  return { status, stdout, stderr }
}

/** The tests have a home of their own; npm's settings and the packages that are already here lie in the real one. */
function npmEnv(): NodeJS.ProcessEnv {
  const { homedir } = userInfo()
  return {
    ...process.env,
    npm_config_cache: join(homedir, '.npm'),
    npm_config_userconfig: join(homedir, '.npmrc'),
  }
}
