import { execFileSync } from 'node:child_process'
import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { build } from 'esbuild'
import { buildHot } from './hot.ts'
import { options } from './options.ts'

const root = options.absWorkingDir
const dist = join(root, 'dist')

/** What is started by its path, besides what the commands take rarely. */
const entries = ['src/index.ts', 'src/sandbox/network/forwarder.ts', 'src/editor/findings-worker.ts']

const { rare, inputs } = await buildHot()
const { metafile } = await build({
  ...options,
  entryPoints: [...new Set([...entries, ...rare])].map((path) => ({
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
