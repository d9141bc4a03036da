import { isDeepStrictEqual } from 'node:util'
import { type Document, isMap, isSeq, type Node, parseDocument, stringify, YAMLMap, YAMLSeq } from 'yaml'
import { OosError } from '../../shared/errors.ts'
import { type HookName, hookNames } from './names.ts'
import { marker, readsInput, renderLine, type ScriptOptions } from './script.ts'

const job = 'oos'

/** lefthook's settings with a job of ours in each hook. Pure. */
export function withJobs(text: string, options: ScriptOptions): string {
  return hookNames.reduce((settings, name) => withJob(settings, name, ownJob(name, options)), text)
}

/** The same without them. Pure. */
export function withoutJobs(text: string): string {
  const document = readSettings(text)
  for (const name of hookNames) removeJob(document, name)
  return print(document)
}

export function hasJob(text: string, name: HookName): boolean {
  return currentJob(readSettings(text), name) !== undefined
}

interface Job {
  readonly run: string
  readonly use_stdin?: true
}

function ownJob(name: HookName, options: ScriptOptions): Job {
  return { run: renderLine(name, options), ...(readsInput(name) && { use_stdin: true }) }
}

function readSettings(text: string): Document {
  const document = parseDocument(text)
  const [fault] = document.errors
  if (fault === undefined && (document.contents === null || isMap(document.contents))) return document
  const why = fault?.message.split('\n')[0] ?? 'they are no map'
  throw new OosError('hooks-refused', `lefthook's settings cannot be read: ${why}`, {
    hint: 'lefthook validate',
  })
}

/** Written between the lines that are there, so that nothing else moves; through the library where that does not come out right. */
function withJob(text: string, name: HookName, own: Job): string {
  const document = readSettings(text)
  if (isDeepStrictEqual(currentJob(document, name)?.toJSON(), named(document, name, own))) return text
  const inserted =
    currentJob(document, name) === undefined ? insertJob(text, document, { name, own }) : undefined
  setJob(document, name, own)
  const isRight = inserted !== undefined && isDeepStrictEqual(toData(inserted), document.toJS())
  return isRight ? inserted : print(document)
}

function toData(text: string): unknown {
  const document = parseDocument(text)
  return document.errors.length === 0 ? document.toJS() : undefined
}

/** A list of jobs has their names in it. */
function named(document: Document, name: HookName, own: Job): object {
  return isSeq(document.getIn([name, 'jobs'])) ? { name: job, ...own } : own
}

/** In front of the first of its kind, at whose indentation it belongs; a hook that is not there yet comes last. */
function insertJob(
  text: string,
  document: Document,
  { name, own }: { readonly name: HookName; readonly own: Job },
): string {
  const hook = document.get(name)
  const [jobs, commands] = [document.getIn([name, 'jobs']), document.getIn([name, 'commands'])]
  if (isSeq(jobs))
    return insertAt(text, text.lastIndexOf('-', startOf(jobs.items[0])), [{ name: job, ...own }])
  if (isMap(commands)) return insertAt(text, startOf(commands.items[0]?.key), { [job]: own })
  if (isMap(hook)) return insertAt(text, startOf(hook.items[0]?.key), { commands: { [job]: own } })
  const end = text === '' || text.endsWith('\n') ? text : `${text}\n`
  return `${end}${stringify({ [name]: { commands: { [job]: own } } }, { lineWidth: 0 })}`
}

function insertAt(text: string, at: number, data: unknown): string {
  const indent = at - (text.lastIndexOf('\n', at - 1) + 1)
  const lines = stringify(data, { lineWidth: 0 }).trimEnd().split('\n')
  const block = lines.map((line, index) => (index === 0 || line === '' ? line : ' '.repeat(indent) + line))
  return `${text.slice(0, at)}${block.join('\n')}\n${' '.repeat(indent)}${text.slice(at)}`
}

function startOf(node: unknown): number {
  return (node as Node | undefined)?.range?.[0] ?? 0
}

/** Newer settings have a list of jobs, older ones commands by name; both count. */
function setJob(document: Document, name: HookName, own: Job): void {
  const jobs = document.getIn([name, 'jobs'])
  if (!isSeq(jobs)) {
    document.setIn([name, 'commands', job], document.createNode(own))
    return
  }
  const node = document.createNode({ name: job, ...own })
  const known = jobs.items.findIndex((one) => isOurs(one))
  if (known === -1) jobs.items.unshift(node)
  else jobs.items[known] = node
}

function removeJob(document: Document, name: HookName): void {
  const jobs = document.getIn([name, 'jobs'])
  if (isSeq(jobs)) jobs.items = jobs.items.filter((one) => !isOurs(one))
  if (isOurs(document.getIn([name, 'commands', job]))) document.deleteIn([name, 'commands', job])
  for (const path of [[name, 'jobs'], [name, 'commands'], [name]]) {
    const node = document.getIn(path)
    if ((node instanceof YAMLMap || node instanceof YAMLSeq) && node.items.length === 0)
      document.deleteIn(path)
  }
}

function currentJob(document: Document, name: HookName): YAMLMap | undefined {
  const jobs = document.getIn([name, 'jobs'])
  const all = [document.getIn([name, 'commands', job]), ...(isSeq(jobs) ? jobs.items : [])]
  return all.find(isOurs)
}

function isOurs(one: unknown): one is YAMLMap {
  const run = isMap(one) ? one.get('run') : undefined
  return typeof run === 'string' && run.includes(marker)
}

/** Long lines stay long. */
function print(document: Document): string {
  return document.contents === null ? '' : document.toString({ lineWidth: 0 })
}
