import { type Document, isMap, isSeq, parseDocument, YAMLMap, YAMLSeq } from 'yaml'
import { OosError } from '../../shared/errors.ts'
import { type HookName, hookNames } from './names.ts'
import { marker, readsInput, renderLine, type ScriptOptions } from './script.ts'

const job = 'oos'

/** lefthook's settings with a job of ours in each hook; comments and everything else stay. Pure. */
export function withJobs(text: string, options: ScriptOptions): string {
  const document = readSettings(text)
  for (const name of hookNames) addJob(document, name, renderLine(name, options))
  return print(document, text)
}

/** The same without them. */
export function withoutJobs(text: string): string {
  const document = readSettings(text)
  for (const name of hookNames) removeJob(document, name)
  return print(document, text)
}

export function hasJob(text: string, name: HookName): boolean {
  const document = readSettings(text)
  return (
    isOurs(document.getIn([name, 'commands', job, 'run'])) ||
    jobsOf(document, name).some((one) => isOurs(runOf(one)))
  )
}

function readSettings(text: string): Document {
  const document = parseDocument(text)
  const [fault] = document.errors
  if (fault === undefined && (document.contents === null || isMap(document.contents))) return document
  throw new OosError(
    'hooks-refused',
    `lefthook's settings cannot be read: ${fault?.message.split('\n')[0] ?? 'they are no map'}`,
    {
      hint: 'lefthook validate',
    },
  )
}

/** Newer settings have a list of jobs, older ones commands by name; both still count. */
function addJob(document: Document, name: HookName, run: string): void {
  const own = { run, ...(readsInput(name) && { use_stdin: true }) }
  const jobs = document.getIn([name, 'jobs'])
  if (isSeq(jobs)) {
    const known = jobs.items.findIndex((one) => isOurs(runOf(one)))
    const node = document.createNode({ name: job, ...own })
    if (known === -1) jobs.add(node)
    else jobs.set(known, node)
    return
  }
  document.setIn([name, 'commands', job], document.createNode(own))
}

function removeJob(document: Document, name: HookName): void {
  const jobs = document.getIn([name, 'jobs'])
  if (isSeq(jobs)) jobs.items = jobs.items.filter((one) => !isOurs(runOf(one)))
  if (isOurs(document.getIn([name, 'commands', job, 'run']))) document.deleteIn([name, 'commands', job])
  for (const path of [[name, 'jobs'], [name, 'commands'], [name]]) {
    const node = document.getIn(path)
    if ((node instanceof YAMLMap || node instanceof YAMLSeq) && node.items.length === 0)
      document.deleteIn(path)
  }
}

function jobsOf(document: Document, name: HookName): readonly unknown[] {
  const jobs = document.getIn([name, 'jobs'])
  return isSeq(jobs) ? jobs.items : []
}

function runOf(one: unknown): unknown {
  return isMap(one) ? one.get('run') : undefined
}

function isOurs(run: unknown): boolean {
  return typeof run === 'string' && run.includes(marker)
}

/** Long lines stay long. */
function print(document: Document, before: string): string {
  const text = document.contents === null ? '' : document.toString({ lineWidth: 0 })
  return before.endsWith('\n') || before === '' ? text : text.replace(/\n$/, '')
}
