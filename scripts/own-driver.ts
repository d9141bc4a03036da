import type { Plugin } from 'esbuild'
import { replaced } from './replaced.ts'

/**
 * Puts the JavaScript of better-sqlite3 into the bundle: its 14 files take 8 ms to find and load. Where its compiled part
 * lies is found as Node finds packages, but without Node's general resolver.
 */
export function ownDriver(): Plugin {
  return {
    name: 'own-driver',
    setup({ onLoad }) {
      onLoad({ filter: /[/\\]src[/\\]store[/\\]driver\.ts$/ }, ({ path }) => ({
        contents: replaced(path, {
          "createRequire(import.meta.url)('better-sqlite3')": "require('better-sqlite3')",
        }),
        loader: 'ts',
      }))
      onLoad({ filter: /[/\\]better-sqlite3[/\\]lib[/\\]binding\.js$/ }, ({ path }) => ({
        contents: `${replaced(path, { __dirname: 'libraryFolder()' })}\n${libraryFolder}`,
      }))
    },
  }
}

const libraryFolder = `function libraryFolder(folder = __meta.dirname) {
  const library = path.join(folder, 'node_modules', 'better-sqlite3', 'lib')
  if (fs.existsSync(library)) return library
  const above = path.dirname(folder)
  // Not where most installs put it: Node may know more places (NODE_PATH, Plug'n'Play), or says what is missing.
  return folder === above ? path.dirname(process.getBuiltinModule('module').createRequire(__meta.filename).resolve('better-sqlite3')) : libraryFolder(above)
}`
