import { execFileSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { type BuildOptions, build } from 'esbuild'
import { buildHot } from './hot.ts'
import { plainBuiltins } from './plain-builtins.ts'
import { understoodPacks } from './understood-packs.ts'

const root = join(import.meta.dirname, '..')
const dist = join(root, 'dist')

/** What is started by its path, besides what the commands take rarely. */
const entries = ['src/index.ts', 'src/sandbox/network/forwarder.ts', 'src/editor/findings-worker.ts']

const options = {
  absWorkingDir: root,
  bundle: true,
  format: 'esm',
  platform: 'node',
  target: 'node22.12',
  // Names stay, for the sake of who reads a stack.
  minifySyntax: true,
  minifyWhitespace: true,
  define: { OOS_CODE: JSON.stringify(hashOfSource()) },
  external: ['better-sqlite3'],
  legalComments: 'none',
  logLevel: 'warning',
  plugins: [understoodPacks(), plainBuiltins()],
} satisfies BuildOptions
const { rare, inputs } = await buildHot(options)
const { metafile } = await build({
  ...options,
  entryPoints: [...entries, ...rare].map((path) => ({
    in: path,
    out: path.replace(/^src\//, '').replace(/\.ts$/, ''),
  })),
  outdir: 'dist',
  splitting: true,
  chunkNames: 'chunks/[name]-[hash]',
  metafile: true,
})
removeOld(Object.keys(metafile.outputs))
writeFileSync(join(dist, 'THIRD_PARTY_LICENSES'), licenses([...Object.keys(metafile.inputs), ...inputs]))
execFileSync(process.execPath, [join(root, 'node_modules/typescript/bin/tsc'), '-p', 'tsconfig.build.json'], {
  cwd: root,
  stdio: 'inherit',
})

function hashOfSource(): string {
  const hash = createHash('sha256')
  const files = readdirSync(join(root, 'src'), { recursive: true, encoding: 'utf8' }).filter((path) =>
    path.endsWith('.ts'),
  )
  for (const path of files.sort()) hash.update(path).update(readFileSync(join(root, 'src', path)))
  return hash
    .update(readFileSync(join(root, 'package-lock.json')))
    .digest('hex')
    .slice(0, 16)
}

/** What an earlier build left. Removed afterwards and not before, so that a running oos still finds its chunks. */
function removeOld(written: readonly string[]): void {
  const keep = new Set(written.map((path) => basename(path)))
  const chunks = join(dist, 'chunks')
  for (const file of existsSync(chunks) ? readdirSync(chunks) : [])
    if (!keep.has(file)) rmSync(join(chunks, file))
}

/** The licence of every package of which a line is in the bundle. */
function licenses(inputs: readonly string[]): string {
  const packages = new Set(
    inputs.flatMap((path) => path.match(/^.*node_modules\/(?:@[^/]+\/)?[^/]+/)?.[0] ?? []),
  )
  return [...packages]
    .sort()
    .map(license)
    .join(`\n\n${'-'.repeat(80)}\n\n`)
}

function license(folder: string): string {
  const { name, version, license: id } = JSON.parse(readFileSync(join(root, folder, 'package.json'), 'utf8'))
  const file = readdirSync(join(root, folder)).find((entry) => /^(licen[cs]e|copying)/i.test(entry))
  return `${name} ${version} (${id})\n\n${file === undefined ? '' : readFileSync(join(root, folder, file), 'utf8').trim()}\n`
}
