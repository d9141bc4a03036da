// Writes what can be read off the program: `npm run docs`. With `--check` it writes nothing and fails where a file differs.
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import type { Command } from 'commander'
import * as z from 'zod'
import { createStyle } from '../src/cli/output/style.ts'
import { describeProgram } from '../src/cli/program.ts'
import type { Terminal } from '../src/cli/terminal.ts'
import { frontMatterSchemas } from '../src/spec/front-matter/schemas.ts'
import { renderEventsDoc, renderSchemaDoc } from '../src/store/docs.ts'
import { renderCompiledQueries } from '../src/store/queries.ts'
import { renderConstraints, renderDiagnosticsDoc, renderResources } from './reference.ts'
import { renderSecrets } from './secrets.ts'

const root = join(import.meta.dirname, '..')

const documents: Readonly<Record<string, string>> = {
  'docs/cli.md': await renderCliDoc(),
  'docs/diagnostics.md': renderDiagnosticsDoc(),
  'docs/events.md': renderEventsDoc(),
  'docs/rules.md': fillIn('docs/rules.md', {
    resources: renderResources(),
    constraints: renderConstraints(),
  }),
  'docs/schema.md': renderSchemaDoc(),
  'src/policy/analysis/secret-patterns.ts': renderSecrets(readFileSync(join(root, 'specs/packs/secrets.md'))),
  'src/store/compiled.ts': renderCompiledQueries(),
  ...Object.fromEntries(
    Object.entries(frontMatterSchemas).map(([kind, schema]) => [
      `schemas/${kind}.json`,
      renderSchema(kind, schema),
    ]),
  ),
}

const stale = Object.entries(documents).filter(([path, text]) => readOld(path) !== text)
if (process.argv.includes('--check')) report(stale.map(([path]) => path))
else for (const [path, text] of stale) write(path, text)

function report(paths: readonly string[]): void {
  for (const path of paths)
    process.stderr.write(`${path} is not what the program says; type \`npm run docs\`\n`)
  process.exitCode = paths.length === 0 ? 0 : 1
}

function write(path: string, text: string): void {
  mkdirSync(dirname(join(root, path)), { recursive: true })
  writeFileSync(join(root, path), text)
  process.stderr.write(`${path} written\n`)
}

function readOld(path: string): string | undefined {
  try {
    return readFileSync(join(root, path), 'utf8')
  } catch {
    return undefined
  }
}

/** A page that people write, with tables in it that the program writes: between `<!-- name -->` and `<!-- /name -->`. */
function fillIn(path: string, parts: Readonly<Record<string, string>>): string {
  let text = readOld(path) ?? ''
  for (const [name, part] of Object.entries(parts)) {
    const [begin, end] = [`<!-- ${name} -->\n`, `<!-- /${name} -->`]
    const [before, rest] = split(text, begin)
    text = `${before}${begin}\n${part}\n\n${end}${split(rest, end)[1]}`
  }
  return text
}

function split(text: string, mark: string): [string, string] {
  const at = text.indexOf(mark)
  if (at === -1) throw new Error(`${mark.trim()} is missing`)
  return [text.slice(0, at), text.slice(at + mark.length)]
}

/** For editors: what the front matter of a kind of spec may have. In the draft that all of them read. */
function renderSchema(kind: string, schema: z.ZodType): string {
  const { $schema, ...rest } = z.toJSONSchema(schema, { io: 'input', target: 'draft-7' })
  return `${JSON.stringify({ $schema, title: `Front matter of a spec: ${kind}`, ...rest }, null, 2)}\n`
}

async function renderCliDoc(): Promise<string> {
  const program = await describeProgram(silentTerminal())
  const all = [program, ...withSubcommands(program)]
  return [
    '# Commands',
    '',
    'Written by `npm run docs` from what the program itself says.',
    '',
    'stdout is the answer, stderr is talk. With `--json` the answer is one document, `{"version": 1, "command": …, "data": …}`, and an',
    'error is `{"version": 1, "error": {"code", "message", "hint", "place"}}`, also on stdout.',
    '',
    'Exit codes: 0 done · 1 failed · 2 what a person wrote is wrong · 3 a rule says no · 4 this machine cannot · 130 interrupted.',
    'Once the command of `oos run` has started: its own code, 128+n on a signal, 124 on its time limit, 137 on another limit,',
    '3 where it ended with 0 and something that it committed was put back.',
    '',
    ...all.map(renderCommand),
  ].join('\n')
}

function withSubcommands(command: Command): Command[] {
  return command.commands.flatMap((each) => [each, ...withSubcommands(each)])
}

function renderCommand(command: Command): string {
  return `## ${fullName(command)}\n\n\`\`\`text\n${renderHelp(command).trim()}\n\`\`\`\n`
}

function fullName(command: Command): string {
  return command.parent === null ? command.name() : `${fullName(command.parent)} ${command.name()}`
}

function renderHelp(command: Command): string {
  let text = ''
  command.configureOutput({ writeOut: (part) => (text += part) })
  command.outputHelp()
  return text
}

function silentTerminal(): Terminal {
  const style = createStyle(false)
  return {
    env: {},
    json: false,
    width: 100,
    style,
    talk: style,
    cwd: () => root,
    answer: () => undefined,
    tell: () => undefined,
  }
}
