import { join } from 'node:path'
import { printCode } from '../../policy/capability/print-code.ts'
import { quoteWord } from '../../shared/quote-word.ts'
import { lineDifference } from './difference.ts'
import type { InitFacts, PackageHost, PackageManager, Stack } from './facts.ts'
import { planHoles } from './holes.ts'
import { sources } from './questions.ts'

export interface InitPlan {
  readonly root: string
  readonly files: readonly PlannedFile[]
  /** What a person should know, a line each. */
  readonly notes: readonly string[]
  /** The command that tests the project. */
  readonly test?: string
  /** Programs that run the tests and are not installed. */
  readonly missing: readonly string[]
}

export interface PlannedFile {
  /** As shown to people. */
  readonly path: string
  /** Absolute. */
  readonly file: string
  /** The folder that it may not lead out of. */
  readonly inside: string
  readonly content: string
  /** `kept`: there is another file there, and it stays. */
  readonly state: 'new' | 'same' | 'kept'
  /** Of a kept file, against what would have been written. */
  readonly difference: readonly string[]
}

export interface PlanOptions {
  /** Text by path below `templates/`. */
  readonly templates: ReadonlyMap<string, string>
  /** Whether to plan the user's own files, too. */
  readonly user: boolean
}

/** What `oos init` reads below `templates/`, and where it writes it. */
export const templateFiles = [
  { template: 'project/AGENT.md', path: '.agent-os/AGENT.md' },
  { template: 'project/PREFERRED_STACK.md', path: '.agent-os/PREFERRED_STACK.md' },
  { template: 'project/MIRROR_CONTRACT.md', path: '.agent-os/MIRROR_CONTRACT.md' },
  { template: 'project/RUNBOOK.md', path: '.agent-os/RUNBOOK.md' },
  { template: 'project/agents/coder.md', path: '.agent-os/agents/coder.md' },
  { template: 'project/oos.gitignore', path: '.oos/.gitignore' },
  { template: 'user/GLOBAL_RULES.md', path: '~/.agent-os/GLOBAL_RULES.md' },
  { template: 'user/STACK_PREFERENCES.md', path: '~/.agent-os/STACK_PREFERENCES.md' },
  { template: 'user/LEARNING_PATTERNS.md', path: '~/.agent-os/LEARNING_PATTERNS.md' },
] as const

/** Where each file goes, before anything is known about it. */
export function placeOf(path: string, { root, home }: { readonly root: string; readonly home: string }) {
  const inside = path.startsWith('~/') ? home : root
  return { inside, file: join(inside, path.replace(/^~\//, '')) }
}

/** From what was seen to files with their content. Pure. */
export function planInit(facts: InitFacts, { templates, user }: PlanOptions): InitPlan {
  const holes = planHoles(facts.hidden)
  const values = templateValues(facts, holes.except)
  const files = templateFiles
    .filter(({ path }) => user || !path.startsWith('~/'))
    .map(({ template, path }) => planFile(path, fillTemplate(templates.get(template) ?? '', values), facts))
  const { test } = facts
  return {
    root: facts.root,
    files,
    notes: notesOn(facts, holes.suspicious),
    missing: facts.missing,
    ...(test !== undefined && { test }),
  }
}

function planFile(path: string, content: string, facts: InitFacts): PlannedFile {
  const { inside, file } = placeOf(path, facts)
  const planned = { path, file, inside, content }
  if (!facts.existing.has(file)) return { ...planned, state: 'new', difference: [] }
  const there = facts.existing.get(file)
  if (there === content) return { ...planned, state: 'same', difference: [] }
  return { ...planned, state: 'kept', difference: there === undefined ? [] : lineDifference(there, content) }
}

/** `{{name}}` is put in; a line with nothing but a name that has no text goes away. */
function fillTemplate(template: string, values: Readonly<Record<string, string>>): string {
  return template
    .replace(/^\{\{(\w+)\}\}\n/gm, (_, name: string) => (values[name] ? `${values[name]}\n` : ''))
    .replace(/\{\{(\w+)\}\}/g, (_, name: string) => values[name] ?? '')
}

function templateValues(facts: InitFacts, except: readonly string[]): Record<string, string> {
  const { test } = facts
  return {
    name: facts.name,
    extends: extendsLines(facts, except),
    testExample: test === undefined ? '' : `  - ✓ \`shell:${test}\``,
    network: networkRules(facts),
    guides: facts.guides
      .map((guide) => `- Read \`${guide}\` first: it says how this project is worked on.`)
      .join('\n'),
    testStep:
      test === undefined ? '' : `- Run \`${test}\` after each change; work is finished when it passes.`,
    stack: facts.stacks.map(stackLine).join('\n') || '- Say here which language and tools to use.',
    command: test ?? 'make',
  }
}

function extendsLines({ stacks, git }: InitFacts, except: readonly string[]): string {
  const packs = [...stacks.map(({ pack }) => pack), ...(git ? ['oos:git'] : [])]
  if (except.length === 0) return `extends: [${[...packs, 'oos:secrets'].join(', ')}]`
  const holes = except.map((hole) => `      - ${JSON.stringify(hole)}`)
  const lines = packs.map((pack) => `  - ${pack}`)
  return ['extends:', ...lines, '  - pack: oos:secrets', '    except:', ...holes].join('\n')
}

function networkRules({ hosts, unknown }: InitFacts): string {
  const rules = hosts.length === 0 ? [] : [hostRules(hosts)]
  const open = unknown.length === 0 ? [] : [openQuestion(unknown)]
  return [...rules, ...open].join('\n\n') || 'No host is named yet, so none is reachable.'
}

function hostRules(hosts: readonly PackageHost[]): string {
  const names = hosts.map(({ host }) => `\`http:${host}:request\``).join(', ')
  return [
    `- **Allow** ${names} — packages come from here; no other host is reachable`,
    `  - ✓ \`http:${hosts[0]?.host}:get\``,
    '  - ✗ `http:example.com:get`',
  ].join('\n')
}

/** In fenced code, so that it is no rule until somebody has put a host in its place. */
function openQuestion(unknown: readonly PackageManager[]): string {
  return [
    `Where packages for ${unknown.join(' and ')} come from was not found out, so no host is open for them. Once it is known, a line`,
    'like this one opens it, written outside of the block:',
    '',
    '```markdown',
    '- **Allow** `http:registry.example.com:request` — packages come from here',
    '```',
  ].join('\n')
}

function stackLine({ language, manager, lockFile }: Stack): string {
  const locked = lockFile === undefined ? '' : `; versions are pinned in \`${lockFile}\``
  return `- ${language}, with ${manager}${locked}`
}

function notesOn(facts: InitFacts, suspicious: readonly string[]): string[] {
  const { foreign, gitProblem, hidden, ignored } = facts
  return [
    ...(gitProblem === undefined
      ? []
      : [
          `git would not say what it tracks (${gitProblem}): test data that looks like a secret stays hidden`,
        ]),
    ...(facts.existing.has(placeOf('.agent-os/AGENT.md', facts).file) ? [] : freshNotes(facts)),
    ...(ignored === undefined
      ? []
      : [
          `${ignored.text}: who clones this project gets no rules, and no review sees an edit. If they are not yours alone: ${ignored.fix}`,
        ]),
    ...openedNote(hidden.length - suspicious.length),
    ...suspicious.map(
      (path) =>
        `git tracks \`${path}\`: agents do not see the file, but its content is in git's history. What reads it fails in a run: \`oos explain ${quoteWord(`file:${path}:read`)}\` has the line that opens it`,
    ),
    ...foreign.map((name) => `\`.agent-os/${name}\` is another tool's: left alone`),
  ]
}

/** About what would be written: where the rules are there already, whoever keeps them has answered. */
function freshNotes(facts: InitFacts): string[] {
  const named = facts.hosts.filter(({ from }) => !Object.hasOwn(sources, from))
  const unseen = facts.hosts.filter((host) => host.unseen)
  return [
    ...named.map(({ host, from }) => `\`${host}\` is reachable because \`${from}\` names it`),
    ...unseen.map(
      ({ host, from }) =>
        `\`${host}\` stands in settings of yours that a run does not see: name it in the project's own, too, or ${from} asks elsewhere`,
    ),
    ...facts.unknown.map(
      (manager) =>
        `no host is open for ${manager}, which did not say where packages come from: see \`${sources[manager].ask}\`, then add to .agent-os/AGENT.md: - **Allow** \`http:HOST:request\` — packages come from here`,
    ),
    ...strangersNote(facts),
    ...(facts.above === undefined
      ? []
      : [
          `the repository begins above, at ${printCode(facts.above)}: a run has the project alone, and so no git. \`oos init\` there covers all of it`,
        ]),
    ...facts.missing.map((name) => `\`${name}\`, which runs the tests, is not installed here`),
  ]
}

/** Of other languages only the command for their tests is known. */
function strangersNote({ stacks, test }: InitFacts): string[] {
  if (stacks.length > 0 || test === undefined) return []
  return [
    `no host is open: where packages of such a project come from is not known to oos. If its tests download some, \`oos run --learn -- ${test}\` sees from where, and \`oos learn\` writes the rules`,
  ]
}

function openedNote(count: number): string[] {
  if (count === 0) return []
  const what =
    count === 1 ? '1 tracked test file looks like a secret' : `${count} tracked test files look like secrets`
  return [`${what}; open to agents all the same, by the \`except\` in AGENT.md`]
}
