import { join } from 'node:path'
import type { FileUse, Learned } from '../../../src/ops/learn/learned.ts'
import { readPacks } from '../../../src/ops/learn/packs.ts'
import type { Proposal, ProposeFacts } from '../../../src/ops/learn/proposal.ts'
import { proposeRules } from '../../../src/ops/learn/propose.ts'
import { compilePolicy, type Policy } from '../../../src/policy/compile.ts'
import type { Rule } from '../../../src/policy/types.ts'
import { packageRoot } from '../../../src/shared/package.ts'
import { parseSources } from '../../../src/spec/parse.ts'
import { readSources } from '../../../src/spec/read.ts'
import type { SpecSource } from '../../../src/spec/types.ts'

export const root = '/home/ada/shop'
export const home = '/home/ada'

/** What ships with oos, and nobody's own specs. */
const shipped = readSources({ home: '/nowhere', packs: join(packageRoot, 'specs') }).sources

export const packs = readPacks(shipped)

/** The rules of a project whose `AGENT.md` is this. */
function rulesOf(text: string): readonly Rule[] {
  const source: SpecSource = {
    path: '.agent-os/AGENT.md',
    kind: 'agent',
    layer: 'project',
    bytes: Buffer.from(text),
  }
  const { rules, diagnostics } = parseSources([...shipped, source])
  const wrong = diagnostics.filter(({ severity }) => severity === 'error')
  if (wrong.length > 0) throw new Error(JSON.stringify(wrong))
  return rules
}

export function policyOf(text: string): Policy {
  return compilePolicy({ rules: rulesOf(text), root, home, now: 0 })
}

/** `read src/a.ts`, `create dist/`: a slash at the end is a folder; relative to the project, or absolute. */
export function use(text: string): FileUse {
  const [action = '', written = ''] = text.split(' ')
  const path = written.replace(/\/$/, '')
  const target = path === '.' ? root : path.startsWith('/') ? path : `${root}/${path}`
  return {
    target,
    action: action as FileUse['action'],
    folder: written.endsWith('/') || path === '.',
    below: false,
    count: 1,
  }
}

export function learnedOf(files: readonly (string | FileUse)[], more: Partial<Learned> = {}): Learned {
  const run = {
    id: '01JDW3GQ7B4VQ8K2MD4VQ8K2MD',
    command: ['npm', 'test'],
    cwd: root,
    agent: 'command',
    exitCode: 0,
  }
  return {
    run,
    files: files.map((file) => (typeof file === 'string' ? use(file) : file)),
    ...{ names: [], hosts: [], refused: [], wanted: [] },
    ...more,
  }
}

export function factsOf(text = '', more: Partial<ProposeFacts> = {}): ProposeFacts {
  return {
    policy: policyOf(text),
    packs,
    own: ['oos:node'],
    tree: { root, lasting: new Set(), mayRemove: false, top: [] },
    wide: false,
    ownPlaces: () => undefined,
    listFolder: () => [],
    ...more,
  }
}

/** The spec in which all of it was accepted. */
export function specOf(text: string, proposals: readonly Proposal[]): string {
  const taken = proposals.flatMap(({ pack }) => pack ?? [])
  const [, known = '', body = text] = /^---\nextends: \[(.*)\]\n---\n(.*)$/s.exec(text) ?? []
  const names = [known, ...taken].filter((name) => name !== '').join(', ')
  const items = proposals.filter(({ rule }) => rule !== undefined).map(({ text: item }) => `- ${item}`)
  return `---\nextends: [${names}]\n---\n${body}\n\n${items.join('\n')}\n`
}

/** The capabilities of what is proposed, and packs, as text. */
export function saidOf(learned: Learned, facts: ProposeFacts): readonly string[] {
  return proposeRules(learned, facts).needed.map(({ text, pack }) => pack ?? text.replace(/ — .*$/, ''))
}
