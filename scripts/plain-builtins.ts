import { readFileSync } from 'node:fs'
import { builtinModules } from 'node:module'
import type { Plugin } from 'esbuild'

/** Loading these takes ms of its own, and many a start calls no function of them. */
const heavy = ['node:crypto', 'node:child_process', 'node:tty']

/**
 * An ES module's import of a builtin costs up to 2 ms of each start, because it reads every property (of `process` even
 * its streams), and a CommonJS package's `require` of one fails in an ES module. Asking for the builtin does neither.
 */
export function plainBuiltins(): Plugin {
  return {
    name: 'plain-builtins',
    setup({ onResolve, onLoad }) {
      const builtins = new Set(builtinModules)
      onResolve({ filter: /^[\w:/]+$/ }, ({ path, importer }) => {
        const name = path.replace(/^node:/, '')
        if (!importer.includes('/node_modules/') || !builtins.has(name)) return undefined
        return { path: name, namespace: 'builtin' }
      })
      onLoad({ filter: /.*/, namespace: 'builtin' }, ({ path }) => ({
        contents: `module.exports = process.getBuiltinModule('node:${path}')`,
        loader: 'js',
      }))
      onLoad({ filter: /[/\\]node_modules[/\\]commander[/\\]lib[/\\]/ }, ({ path }) => ({
        contents: readFileSync(path, 'utf8')
          // commander starts programs only for subcommands that are programs; oos has none.
          .replace("import childProcess from 'node:child_process'", 'const childProcess = undefined')
          .replace("import process from 'node:process'", '')
          .replace(
            /^import (\w+|\{[^}]*\}) from '(node:\w+)'/gm,
            "const $1 = process.getBuiltinModule('$2')",
          ),
        loader: 'js',
      }))
      onLoad({ filter: /[/\\]src[/\\].*\.ts$/ }, ({ path }) => ({
        contents: withPlainBuiltins(readFileSync(path, 'utf8')),
        loader: 'ts',
      }))
    },
  }
}

export function withPlainBuiltins(source: string): string {
  return source.replace(/^import \{([^}]*)\} from '(node:\w+(?:\/\w+)?)'/gm, plainImport)
}

function plainImport(whole: string, list: string, builtin: string): string {
  const names = list
    .split(',')
    .map((name) => name.trim())
    .filter((name) => name !== '' && !name.startsWith('type '))
  if (/ as /.test(list)) return whole
  const get = `process.getBuiltinModule('${builtin}')`
  if (!heavy.includes(builtin)) return `const { ${names.join(', ')} } = ${get}`
  return names
    .map((name) => `const ${name} = (...words: any[]) => (${get} as any).${name}(...words)`)
    .join('; ')
}
