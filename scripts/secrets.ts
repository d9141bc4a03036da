// What the pack `oos:secrets` denies, for code that must know what a secret is and reads no markdown.
import { printCapability } from '../src/policy/capability/capability.ts'
import type { Capability } from '../src/policy/types.ts'
import { parseSpec } from '../src/spec/parse-spec.ts'

/** The text of `src/policy/analysis/secret-patterns.ts`. */
export function renderSecrets(bytes: Uint8Array): string {
  const { rules } = parseSpec({
    path: 'oos:secrets',
    pack: 'oos:secrets',
    kind: 'rules',
    layer: 'built-in',
    bytes,
  })
  const entries = rules
    .filter(({ effect }) => effect === 'deny')
    .flatMap(({ capabilities, except }) =>
      capabilities.map((capability) => {
        const holes = except.filter(({ resource }) => resource === capability.resource)
        return `  { deny: ${quote(capability)}, except: [${holes.map(quote).join(', ')}] },\n`
      }),
    )
  return `// Written by \`npm run docs\` from \`specs/packs/secrets.md\`.
// biome-ignore format: one line each

/** What is a secret, in the short spelling. */
export const secretPatterns: readonly { readonly deny: string; readonly except: readonly string[] }[] = [
${entries.join('')}]
`
}

function quote(capability: Capability): string {
  return `'${printCapability(capability).replace(/['\\\\]/g, '\\\\$&')}'`
}
