import type { Folder, NodeManager, PythonManager, Stack } from './facts.ts'

/** The languages that `oos init` knows. A new one is an entry here and a pack. */
const languages: readonly ((folder: Folder) => Stack | undefined)[] = [
  detectNode,
  detectPython,
  detectRust,
  detectGo,
]

export function detectStacks(folder: Folder): Stack[] {
  return languages.flatMap((detect) => detect(folder) ?? [])
}

/** What tests a project of another language, or of none: the first that is there. */
export function otherTest(folder: Folder): string | undefined {
  return otherTests.find(({ file, says }) =>
    says === undefined ? folder.has(file) : says.test(folder.read(file) ?? ''),
  )?.test
}

const otherTests: readonly { readonly file: string; readonly says?: RegExp; readonly test: string }[] = [
  { file: 'mvnw', test: './mvnw test' },
  { file: 'pom.xml', test: 'mvn test' },
  { file: 'gradlew', test: './gradlew test' },
  { file: 'build.gradle', test: 'gradle test' },
  { file: 'build.gradle.kts', test: 'gradle test' },
  { file: 'mix.exs', test: 'mix test' },
  { file: 'composer.json', says: /"scripts"\s*:\s*\{[^}]*"test"\s*:/, test: 'composer test' },
  { file: 'Gemfile', says: /\brspec\b/, test: 'bundle exec rspec' },
  { file: 'Rakefile', says: /test/i, test: 'rake test' },
  { file: 'Makefile', says: /^(?:[\w-]+ )*test\b[^:=]*:(?!=)/m, test: 'make test' },
  { file: 'Makefile', says: /^(?:[\w-]+ )*check\b[^:=]*:(?!=)/m, test: 'make check' },
]

function detectNode(folder: Folder): Stack | undefined {
  if (!folder.has('package.json')) return undefined
  const manager = detectNodeManager(folder)
  const lockFile = firstThere(folder, Object.keys(nodeLocks))
  const test = nodeTest(readManifest(folder), manager)
  return stack({ language: 'Node', pack: 'oos:node', manager, lockFile, test })
}

export function detectNodeManager(folder: Folder): NodeManager {
  const { packageManager } = readManifest(folder)
  const lockFile = firstThere(folder, Object.keys(nodeLocks))
  const named = nodeManagers.find((name) => String(packageManager ?? '').startsWith(`${name}@`))
  return named ?? (lockFile === undefined ? 'npm' : nodeLocks[lockFile]) ?? 'npm'
}

const nodeManagers: readonly NodeManager[] = ['npm', 'pnpm', 'yarn', 'bun']

const nodeLocks: Readonly<Record<string, NodeManager>> = {
  'package-lock.json': 'npm',
  'npm-shrinkwrap.json': 'npm',
  'pnpm-lock.yaml': 'pnpm',
  'yarn.lock': 'yarn',
  'bun.lock': 'bun',
  'bun.lockb': 'bun',
}

interface Manifest {
  readonly packageManager?: unknown
  readonly scripts?: { readonly test?: unknown } | null
}

/** What `npm init` writes for a project without tests is no test. */
function nodeTest({ scripts }: Manifest, manager: string): string | undefined {
  const test = scripts?.test
  if (typeof test !== 'string' || test.trim() === '' || test.includes('no test specified')) return undefined
  return manager === 'bun' ? 'bun run test' : `${manager} test`
}

function readManifest(folder: Folder): Manifest {
  try {
    const manifest: unknown = JSON.parse(folder.read('package.json') ?? '')
    return typeof manifest === 'object' && manifest !== null ? manifest : {}
  } catch {
    return {}
  }
}

function detectPython(folder: Folder): Stack | undefined {
  const markers = ['pyproject.toml', 'setup.py', 'setup.cfg', 'requirements.txt', 'Pipfile', 'tox.ini']
  if (firstThere(folder, markers) === undefined) return undefined
  const lockFile = firstThere(folder, Object.keys(pythonLocks))
  const manager = (lockFile === undefined ? undefined : pythonLocks[lockFile]) ?? 'pip'
  return stack({
    language: 'Python',
    pack: 'oos:python',
    manager,
    lockFile,
    test: pythonTest(folder, manager),
  })
}

const pythonLocks: Readonly<Record<string, PythonManager>> = {
  'uv.lock': 'uv',
  'poetry.lock': 'poetry',
  'pdm.lock': 'pdm',
  'Pipfile.lock': 'pipenv',
}

/** What the project's own environment has needs nothing else; who made it may not even be installed. */
function pythonTest(folder: Folder, manager: PythonManager): string | undefined {
  if (folder.has('.venv/bin/pytest')) return '.venv/bin/pytest'
  const test = usualPythonTest(folder)
  return test === undefined || manager === 'pip' ? test : `${manager} run ${test}`
}

function usualPythonTest(folder: Folder): string | undefined {
  const settings = [
    'pyproject.toml',
    'setup.cfg',
    'tox.ini',
    'requirements.txt',
    'requirements-dev.txt',
    'Pipfile',
  ]
  const named = settings.some((file) => folder.read(file)?.includes('pytest'))
  if (named || firstThere(folder, ['pytest.ini', 'conftest.py', 'tests/conftest.py', 'test/conftest.py']))
    return 'pytest'
  const where = firstThere(folder, ['tests', 'test']) ?? '.'
  const files = folder.list(where).filter((name) => /^test_.*\.py$|_test\.py$/.test(name))
  if (where === '.' && files.length === 0) return undefined
  const isForPytest = (name: string) =>
    name.endsWith('_test.py') || isOfPytest.test(folder.read(`${where}/${name}`) ?? '')
  return files.some(isForPytest) ? 'pytest' : 'python3 -m unittest'
}

/** Tests that are functions of their own, or in a file of another name than `test*.py`, are found by pytest alone. */
const isOfPytest = /^(?:async )?def test_|^(?:import|from) pytest\b/m

function detectRust(folder: Folder): Stack | undefined {
  if (!folder.has('Cargo.toml')) return undefined
  const lockFile = firstThere(folder, ['Cargo.lock'])
  return stack({ language: 'Rust', pack: 'oos:rust', manager: 'cargo', lockFile, test: 'cargo test' })
}

function detectGo(folder: Folder): Stack | undefined {
  if (!folder.has('go.mod')) return undefined
  const lockFile = firstThere(folder, ['go.sum'])
  return stack({ language: 'Go', pack: 'oos:go', manager: 'go', lockFile, test: 'go test ./...' })
}

function firstThere(folder: Folder, names: readonly string[]): string | undefined {
  return names.find((name) => folder.has(name))
}

type Found = Omit<Stack, 'lockFile' | 'test'> & { lockFile: string | undefined; test: string | undefined }

function stack({ lockFile, test, ...rest }: Found): Stack {
  return { ...rest, ...(lockFile !== undefined && { lockFile }), ...(test !== undefined && { test }) }
}
