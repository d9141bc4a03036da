import { join } from 'node:path'
import type { Plugin } from 'esbuild'
import { parseSpec } from '../src/spec/parse-spec.ts'
import { readSources } from '../src/spec/read.ts'

/** Puts what the packs and agents mean into the program: no start parses them again. */
export function understoodPacks(): Plugin {
  return {
    name: 'understood-packs',
    setup({ onLoad }) {
      onLoad({ filter: /[/\\]src[/\\]spec[/\\]built-packs\.ts$/ }, () => ({
        contents: `export const builtPacks = JSON.parse(${JSON.stringify(JSON.stringify(understandPacks()))})`,
        loader: 'js',
      }))
    },
  }
}

function understandPacks() {
  const root = join(import.meta.dirname, '..')
  const { sources } = readSources({ home: join(root, 'dist'), packs: join(root, 'specs') })
  const packs = sources.map((source) => {
    return [source.path, { text: Buffer.from(source.bytes).toString(), spec: parseSpec(source) }] as const
  })
  return Object.fromEntries(packs)
}
