import { readFileSync } from 'node:fs'
import { dirname, join, relative } from 'node:path'
import { type BuildOptions, build, type Plugin } from 'esbuild'
import { withPlainBuiltins } from './plain-builtins.ts'

/** Commands that are started all day, by people and by programs. */
const hotCommands = ['run', 'explain']

/**
 * esbuild's splitting makes a file of every set of modules that the same entries share: 45 of them for one run, and each
 * costs half a millisecond. A hot command gets one file with all that it always needs. What it needs rarely it takes
 * from the other build, of which those modules have to be entries: they are returned.
 */
export async function buildHot(options: BuildOptions): Promise<ReadonlySet<string>> {
  const rare = new Set<string>()
  for (const command of hotCommands) {
    await build({
      ...options,
      entryPoints: { [command]: 'src/cli/work.ts' },
      outdir: 'dist/cli/hot',
      splitting: false,
      metafile: false,
      plugins: [oneCommand(command), rareElsewhere(rare), ...(options.plugins ?? [])],
    })
  }
  return rare
}

/** In the other build: `main.ts` takes the hot command's file. */
export function hotStart(): Plugin {
  return {
    name: 'hot-start',
    setup({ onLoad }) {
      onLoad({ filter: /[/\\]src[/\\]cli[/\\]main\.ts$/ }, ({ path }) => ({
        contents: replaced(
          path,
          "import('./work.ts')",
          `(${JSON.stringify(hotCommands)}.includes(argv[0] ?? '')
            ? import(new URL('./hot/' + argv[0] + '.js', import.meta.url).href)
            : import('./work.ts'))`,
        ),
        loader: 'ts',
      }))
    },
  }
}

function oneCommand(command: string): Plugin {
  return {
    name: 'one-command',
    setup({ onLoad }) {
      onLoad({ filter: /[/\\]src[/\\]cli[/\\]commands[/\\]index\.ts$/ }, ({ path }) => ({
        contents: `import * as hot from './${command}.ts'\n${replaced(path, `(await import('./${command}.ts'))`, 'hot')}`,
        loader: 'ts',
      }))
    },
  }
}

function rareElsewhere(rare: Set<string>): Plugin {
  return {
    name: 'rare-elsewhere',
    setup({ onResolve, initialOptions: { absWorkingDir = '' } }) {
      onResolve({ filter: /./ }, ({ path, importer, kind }) => {
        if (kind !== 'dynamic-import') return undefined
        const isOwn = path.startsWith('.')
        const module = isOwn ? relative(join(absWorkingDir, 'src'), join(dirname(importer), path)) : path
        rare.add(isOwn ? `src/${module}` : module)
        return { path: `../../${module.replace(/\.ts$/, '')}.js`, external: true }
      })
    },
  }
}

function replaced(path: string, text: string, by: string): string {
  const source = readFileSync(path, 'utf8')
  if (!source.includes(text)) throw new Error(`${path} has no \`${text}\``)
  return withPlainBuiltins(source.replace(text, by))
}
