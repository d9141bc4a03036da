import { readFileSync } from 'node:fs'
import { builtinModules } from 'node:module'
import type { Plugin } from 'esbuild'

/** Loading these takes ms of its own, and many a start calls no function of them. */
const heavy = ['node:crypto', 'node:child_process']

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
