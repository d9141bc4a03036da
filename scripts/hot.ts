import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join, relative } from 'node:path'
import { type BuildOptions, build, type Plugin } from 'esbuild'
import { withPlainBuiltins } from './plain-builtins.ts'

/** Commands that are started all day, by people and by programs. */
const hotCommands = ['run', 'explain']

/**
 * esbuild's splitting makes a file of every set of modules that the same entries share: 45 of them for one run, and each
 * costs half a millisecond. The start and each hot command get one file with all that they always need. What they need
 * rarely they take from the other build, of which those modules have to be entries: they are returned.
 */
export async function buildHot(options: BuildOptions): Promise<ReadonlySet<string>> {
  const rare = new Set<string>()
  await buildOne('main', 'main', hotStart())
  for (const quick of ['quick', 'quick-run', 'quick-hook']) await buildOne(`hot/${quick}`, quick)
  for (const command of hotCommands) await buildOne(`hot/${command}`, 'work', oneCommand(command))
  await build({ ...options, entryPoints: ['unbash'], outfile: 'dist/cli/grammar.cjs', format: 'cjs' })
  return rare

  async function buildOne(name: string, entry: string, ...plugins: Plugin[]): Promise<void> {
    const { outputFiles } = await build({
      ...options,
      entryPoints: { [name]: `src/cli/${entry}.ts` },
      outdir: 'dist/cli',
      splitting: false,
      metafile: false,
      write: false,
      plugins: [
        ...plugins,
        grammarLater(),
        rareElsewhere(rare, name.includes('/') ? '../..' : '..'),
        ...(options.plugins ?? []),
      ],
    })
    for (const { path, text } of outputFiles) {
      mkdirSync(dirname(path), { recursive: true })
      writeFileSync(path, inAscii(text))
    }
  }
}

/** esbuild leaves other characters in regular expressions, and a single one makes each of half a million two bytes long. */
function inAscii(text: string): string {
  return text.replace(/[^\0-\x7f]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`)
}

/** `main.ts` takes the hot command's file. */
function hotStart(): Plugin {
  return {
    name: 'hot-start',
    setup({ onLoad }) {
      onLoad({ filter: /[/\\]src[/\\]cli[/\\]main\.ts$/ }, ({ path }) => ({
        contents: replaced(path, {
          "import('./quick.ts')": "import(new URL('./hot/quick.js', import.meta.url).href)",
          "import('./quick-run.ts')": "import(new URL('./hot/quick-run.js', import.meta.url).href)",
          "import('./quick-hook.ts')": "import(new URL('./hot/quick-hook.js', import.meta.url).href)",
          "import('./work.ts')": `(${JSON.stringify(hotCommands)}.includes(argv[0] ?? '')
            ? import(new URL('./hot/' + argv[0] + '.js', import.meta.url).href)
            : import('./work.ts'))`,
        }),
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
        contents: `import * as hot from './${command}.ts'\n${replaced(path, { [`(await import('./${command}.ts'))`]: 'hot' })}`,
        loader: 'ts',
      }))
    },
  }
}

/** The shell's grammar is half of a hot file, and plain commands do without it: it is loaded at the first `parse`. */
function grammarLater(): Plugin {
  return {
    name: 'grammar-later',
    setup({ onResolve, onLoad }) {
      onResolve({ filter: /^unbash$/ }, ({ path }) => ({ path, namespace: 'later' }))
      onLoad({ filter: /./, namespace: 'later' }, () => ({
        contents: `export const parse = (text) =>
          process.getBuiltinModule('node:module').createRequire(import.meta.url)('../grammar.cjs').parse(text)`,
      }))
    },
  }
}

function rareElsewhere(rare: Set<string>, dist: string): Plugin {
  return {
    name: 'rare-elsewhere',
    setup({ onResolve, initialOptions: { absWorkingDir = '' } }) {
      onResolve({ filter: /./ }, ({ path, importer, kind }) => {
        if (kind !== 'dynamic-import') return undefined
        const isOwn = path.startsWith('.')
        const module = isOwn ? relative(join(absWorkingDir, 'src'), join(dirname(importer), path)) : path
        rare.add(isOwn ? `src/${module}` : module)
        return { path: `${dist}/${module.replace(/\.ts$/, '')}.js`, external: true }
      })
    },
  }
}

function replaced(path: string, texts: Readonly<Record<string, string>>): string {
  let source = readFileSync(path, 'utf8')
  for (const [text, by] of Object.entries(texts)) {
    if (!source.includes(text)) throw new Error(`${path} has no \`${text}\``)
    source = source.replace(text, by)
  }
  return withPlainBuiltins(source)
}
