import type { Plugin } from 'esbuild'

/**
 * Leaves out what gray-matter reads front matter with: an older YAML, and `eval` for JavaScript. oos brings its own engine
 * (`spec/front-matter/read.ts`), so all of it would only be there to be loaded.
 */
export function withoutEngines(): Plugin {
  return {
    name: 'without-engines',
    setup({ onLoad }) {
      onLoad({ filter: /[/\\]gray-matter[/\\]lib[/\\]engines\.js$/ }, () => ({
        contents: 'module.exports = {}',
      }))
    },
  }
}
