import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { makeTree, oos } from './oos.ts'

const page = readFileSync(join(import.meta.dirname, '../../docs/analysis.md'), 'utf8')

interface Example {
  readonly name: string
  readonly files: Readonly<Record<string, string>>
  readonly printed: readonly string[]
}

/** Specs, each perhaps below its file's name, and what check prints about them. */
function examples(): readonly Example[] {
  const blocks = page.matchAll(/(?:^`([^`\n]+)`:\n\n)?^```(markdown|text)\n(.*?)^```$/gms)
  const found: Example[] = []
  let files: Record<string, string> = {}
  for (const [, path = '.agent-os/AGENT.md', kind, text = ''] of blocks) {
    if (kind === 'markdown') {
      files[path] = text
      continue
    }
    const printed = text.trimEnd().split('\n')
    found.push({ name: printed[0] ?? '', files, printed })
    files = {}
  }
  return found
}

test.for(examples())('the page says what is printed: $name', ({ files, printed }) => {
  const placed = Object.entries(files).map(([path, text]) => [
    path.startsWith('~/') ? path.slice(2) : `shop/${path}`,
    text,
  ])
  const home = makeTree({ 'shop/package.json': '{}', ...Object.fromEntries(placed) })
  const { stdout } = oos(['spec', 'check'], { cwd: join(home, 'shop'), env: { HOME: home } })
  const lines = stdout.split('\n')
  const heads = lines.filter((line) => /^\S+:\d+:\d+ /.test(line))
  expect(heads).toEqual(printed.filter((line) => !line.startsWith(' ')))
  for (const line of printed) expect(lines).toContain(line)
})

test('the page shows an example of every warning of its kind', () => {
  expect(examples().length).toBeGreaterThan(4)
})
