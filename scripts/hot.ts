import { createHash } from 'node:crypto'
import { mkdirSync, writeFileSync } from 'node:fs'
import { dirname, join, relative } from 'node:path'
import { type BuildOptions, build, type Plugin } from 'esbuild'
import { options } from './options.ts'
import { ownDriver } from './own-driver.ts'
import { withPlainBuiltins } from './plain-builtins.ts'
import { replaced } from './replaced.ts'

/** Commands that are started all day, by people and by programs. */
const hotCommands = ['run', 'explain']

/** The least that is asked of the three most frequent ones. */
const quickStarts = ['quick', 'quick-run', 'quick-hook']

/**
 * esbuild's splitting makes a file of every set of modules that the same entries share: 45 of them for one run, and each
 * costs half a millisecond. The start and each hot command get one file with all that they always need; those of commands
 * are scripts, so that all that V8 compiles of them can be kept (`cli/compiled-script.ts`). What they need rarely they
 * take from the other build, of which those modules have to be entries (`rare`). `inputs` are the files that a line came of.
 */
export async function buildHot(): Promise<Pick<Bundled, 'rare' | 'inputs'>> {
  const dist = join(options.absWorkingDir, 'dist/cli')
  mkdirSync(join(dist, 'hot'), { recursive: true })
  const made = [{ file: 'main.js', ...(await bundle('src/cli/main.ts', { up: '..' })) }]
  for (const quick of quickStarts)
    made.push({ file: `hot/${quick}.js`, ...(await bundleScript(`src/cli/${quick}.ts`)) })
  for (const command of hotCommands)
    made.push({ file: `hot/${command}.js`, ...(await bundleScript('src/cli/work.ts', oneCommand(command))) })
  made.push({ file: 'hot/grammar.js', ...(await bundleScript('unbash')) })
  for (const { file, text } of made) writeFileSync(join(dist, file), text)
  return { rare: made.flatMap(({ rare }) => rare), inputs: made.flatMap(({ inputs }) => inputs) }
}

interface Bundled {
  readonly text: string
  readonly rare: readonly string[]
  readonly inputs: readonly string[]
}

/** What `cli/compiled-script.ts` runs: an expression that is a function, after the hash that names what is kept of it. */
export async function bundleScript(entry: string, ...plugins: Plugin[]): Promise<Bundled> {
  const later = entry === 'unbash' ? [] : [grammarLater()]
  const define = { ...options.define, 'import.meta': '__meta' }
  const bundled = await bundle(entry, {
    up: '../..',
    own: { format: 'cjs', define, external: [], plugins: [...later, ...plugins] },
  })
  // A script's own `import` warns.
  const body = bundled.text.replaceAll('import("../../', '__meta.import("../../')
  const hash = createHash('sha256').update(body).digest('hex').slice(0, 16)
  return { ...bundled, text: `/*${hash}*/(function(require,module,__meta){${body}})` }
}

/** `up`: the way from the file to `dist/`. */
async function bundle(entry: string, { up, own = {} }: { up: string; own?: BuildOptions }): Promise<Bundled> {
  const rare = new Set<string>()
  const { outputFiles, metafile } = await build({
    ...options,
    ...own,
    entryPoints: [entry],
    splitting: false,
    metafile: true,
    write: false,
    plugins: [...(own.plugins ?? []), ownDriver(), rareElsewhere(rare, up), ...options.plugins],
  })
  const text = inAscii(outputFiles.map((file) => file.text).join(''))
  return { text, rare: [...rare], inputs: Object.keys(metafile.inputs) }
}

/** esbuild leaves other characters in regular expressions, and a single one makes each of half a million two bytes long. */
function inAscii(text: string): string {
  return text.replace(/[^\0-\x7f]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`)
}

function oneCommand(command: string): Plugin {
  return {
    name: 'one-command',
    setup({ onLoad }) {
      onLoad({ filter: /[/\\]src[/\\]cli[/\\]commands[/\\]index\.ts$/ }, ({ path }) => ({
        contents: `import * as hot from './${command}.ts'\n${withPlainBuiltins(replaced(path, { [`(await import('./${command}.ts'))`]: 'hot' }))}`,
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
        contents: `let grammar
          export const parse = (text) => (grammar ??= __meta.script('grammar.js')).parse(text)`,
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
