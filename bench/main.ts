// `npm run bench [name…] [--peers]`: every figure with its limit and its peer, measured in one run. Nothing fails on a slow machine.
import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { createStyle, wantsColor } from '../src/cli/output/style.ts'
import { type Column, renderTable } from '../src/cli/output/table.ts'
import type { Bench, Row } from './row.ts'

const wanted = process.argv.slice(2).filter((word) => !word.startsWith('--'))
const names = readdirSync(import.meta.dirname)
  .filter((name) => name.endsWith('.ts') && !['main.ts', 'row.ts', 'peers.ts'].includes(name))
  .map((name) => name.slice(0, -'.ts'.length))
  .filter((name) => wanted.length === 0 || wanted.includes(name))

const rows: Row[] = []
for (const name of names) {
  process.stderr.write(`- ${name}\n`)
  const { bench } = (await import(join(import.meta.dirname, `${name}.ts`))) as { bench: Bench }
  rows.push(...(await bench()))
}

const style = createStyle(wantsColor({ isTTY: process.stdout.isTTY, env: process.env, refused: false }))
const columns: readonly Column<Row>[] = [
  { title: 'what', text: (row) => row.what, wrap: true },
  { title: 'must', text: (row) => row.must, wrap: true },
  {
    title: 'measured',
    text: (row) => row.measured,
    wrap: true,
    paint: (row) => (row.holds ? style.good : style.bad),
  },
  { title: 'peer', text: (row) => row.peer, wrap: true },
]
process.stdout.write(renderTable(rows, { columns, width: process.stdout.columns ?? 160, heading: style.dim }))
