import { execFileSync } from 'node:child_process'
import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { builtinModules } from 'node:module'
import { basename, join } from 'node:path'
import { build, type Metafile, type Plugin } from 'esbuild'

const root = join(import.meta.dirname, '..')
const dist = join(root, 'dist')

const { metafile } = await build({
  absWorkingDir: root,
  entryPoints: ['src/cli/main.ts', 'src/index.ts', 'src/sandbox/network/forwarder.ts'].filter((entry) =>
    existsSync(join(root, entry)),
  ),
  outbase: 'src',
  outdir: 'dist',
  bundle: true,
  splitting: true,
  format: 'esm',
  platform: 'node',
  target: 'node22.12',
  chunkNames: 'chunks/[name]-[hash]',
  external: ['better-sqlite3'],
  legalComments: 'none',
  metafile: true,
  logLevel: 'warning',
  plugins: [plainBuiltins()],
})
removeOld(Object.keys(metafile.outputs))
writeFileSync(join(dist, 'THIRD_PARTY_LICENSES'), licenses(metafile))
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

/**
 * An ES module's import of a builtin costs up to 2 ms of each start, because it reads every property (of `process` even
 * its streams), and a CommonJS package's `require` of one fails in an ES module. Asking for the builtin does neither.
 */
function plainBuiltins(): Plugin {
  return {
    name: 'plain-builtins',
    setup({ onResolve, onLoad }) {
      const builtins = new Set(builtinModules)
      onResolve({ filter: /^[\w:/]+$/ }, ({ path, importer }) => {
        const name = path.replace(/^node:/, '')
        if (!importer.includes('/node_modules/') || !builtins.has(name)) return undefined
        // commander starts programs only for subcommands that are programs; oos has none.
        return {
          path: importer.includes('/commander/') && name === 'child_process' ? 'none' : name,
          namespace: 'builtin',
        }
      })
      onLoad({ filter: /.*/, namespace: 'builtin' }, ({ path }) => ({
        contents:
          path === 'none'
            ? 'module.exports = {}'
            : `module.exports = process.getBuiltinModule('node:${path}')`,
        loader: 'js',
      }))
      onLoad({ filter: /[/\\]src[/\\].*\.ts$/ }, ({ path }) => ({
        contents: readFileSync(path, 'utf8').replace(
          /^import \{([^}]*)\} from '(node:\w+(?:\/\w+)?)'/gm,
          plainImport,
        ),
        loader: 'ts',
      }))
    },
  }
}

function plainImport(whole: string, names: string, builtin: string): string {
  const values = names.split(',').filter((name) => !/^\s*(type\s|$)/.test(name))
  return / as /.test(names)
    ? whole
    : `const {${values.join(',').replaceAll('\n', ' ')}} = process.getBuiltinModule('${builtin}')`
}

/** The licence of every package of which a line is in the bundle. */
function licenses(meta: Metafile): string {
  const packages = new Set(
    Object.keys(meta.inputs).flatMap((path) => path.match(/^.*node_modules\/(?:@[^/]+\/)?[^/]+/)?.[0] ?? []),
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
