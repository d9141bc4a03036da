// What the pages for users say about the rule language and about codes, read off the tables that the program itself uses.
import { constraintKinds } from '../src/policy/capability/constraints.ts'
import { type PatternKind, resources } from '../src/policy/resources.ts'
import { type ErrorCode, errorCodes, exitCodes } from '../src/shared/errors.ts'
import { type CodeEntry, diagnosticCodes } from '../src/spec/diagnostic-codes.ts'

const patterns: Readonly<Record<PatternKind, string>> = {
  path: 'path',
  host: 'host, port, path',
  words: 'words',
  name: 'name',
}

/** What can be a rule's subject, a row each; `write` stands for the acts it holds. */
export function renderResources(): string {
  const rows = Object.entries(resources).map(([name, { actions, pattern, about, example }]) => {
    const words = Object.entries(actions).map(([action, acts]) =>
      acts.length > 1 && acts.every((act) => act in actions)
        ? `\`${action}\` = ${acts.map((act) => `\`${act}\``).join(' + ')}`
        : `\`${action}\``,
    )
    return row(`\`${name}\``, words.join(', ') || '–', patterns[pattern], about, `\`${example}\``)
  })
  return table(['resource', 'actions', 'pattern', 'about', 'example'], rows)
}

/** What may stand in braces, and behind which resources. */
export function renderConstraints(): string {
  const rows = Object.entries(constraintKinds).map(([name, { about }]) => {
    const takers = Object.entries(resources).filter(([, { constraints }]) =>
      constraints.some((each) => each === name),
    )
    return row(`\`${name}\``, about, takers.map(([resource]) => `\`${resource}\``).join(', '))
  })
  return table(['constraint', 'means', 'of'], rows)
}

/** The compiler asks for a line here whenever a code is added. */
const errorMeanings: Readonly<Record<ErrorCode, string>> = {
  usage: 'a command, an option or an argument that oos does not have',
  'project-missing': 'no `.agent-os` here or above',
  'project-unreadable': 'the project cannot be read',
  'project-unwritable': 'the project, or one of its specs, cannot be written',
  'spec-invalid': 'a spec has an error; `oos spec check` lists them all',
  'capability-invalid': 'a request, `--allow` or `--deny` that is not understood',
  'agent-unknown': 'no definition has this name',
  'run-unknown': 'no run has this id, or more than one ends so',
  'command-missing': 'there is no command to run, or no such program',
  denied: 'a rule says no, no rule says yes, or the person said no',
  unasked: 'a rule says Ask, and there is no terminal to ask at',
  untrusted: 'the specs give more than you agreed to, and you said no, or there is no terminal to show it at',
  'sandbox-missing': 'bubblewrap is missing, too old, or cannot be started',
  'tracer-missing': 'a run cannot learn here: strace is missing or too old',
  'sandbox-failed': 'the sandbox could not be set up, or what is asked for cannot be had in it',
  'rule-unheld': 'a Deny that this machine cannot hold, or with `--strict` any rule',
  platform: 'this platform has no sandbox yet',
  'store-locked': 'another program holds the record',
  'store-corrupt': 'the record is damaged',
  'store-newer': 'the record was written by a newer oos',
  'store-full': 'no room is left for the record',
  'store-refused':
    'the record is a symlink, tracked by git, not yours, or lies where it cannot be kept closed',
  'store-unwritable': 'the record cannot be written',
  'record-broken': 'the record of a run cannot be continued; `oos runs verify` says what is wrong with it',
  'home-missing': 'there is no home folder, or it cannot be used',
  'init-failed': '`oos init` was typed where no project can be: at home, or at the top',
  'hooks-refused': 'hooks are not installed where others take theirs, or where something stands in the way',
  'hooks-unwritable': 'a hook cannot be written',
  interrupted: 'you interrupted a question',
  failed: 'anything else; `OOS_DEBUG=1` says where',
}

/** `docs/diagnostics.md`. */
export function renderDiagnosticsDoc(): string {
  const errors = Object.entries(errorMeanings).map(([code, meaning]) =>
    row(`\`${code}\``, meaning, String(exitCodes[errorCodes[code as ErrorCode]])),
  )
  const found = Object.entries<CodeEntry>(diagnosticCodes).map(([code, { severity, what, why, fix }]) =>
    row(`\`${code}\``, severity, what, why, fix),
  )
  return [
    '# Codes',
    '',
    'Written by `npm run docs` from the program. Codes are stable: scripts may compare them.',
    '',
    '## What `oos spec check` finds',
    '',
    'Each comes with its file, line and column. An **error** stops every run until it is put right; a **warning** and a **note** do not.',
    'What is wrong inside a capability has a code that begins with `capability/`, an error too, and says what to write instead.',
    '',
    table(['code', 'severity', 'what', 'why it matters', 'what to do'], found),
    '',
    '## When a command of oos fails',
    '',
    '`code` in the JSON of an error, and the exit code it leads to.',
    '',
    table(['code', 'means', 'exit'], errors),
    '',
  ].join('\n')
}

function table(titles: readonly string[], rows: readonly string[]): string {
  return [row(...titles), `|${titles.map(() => '---').join('|')}|`, ...rows].join('\n')
}

function row(...cells: readonly string[]): string {
  return `| ${cells.map((cell) => cell.replaceAll('|', '\\|').replaceAll('\n', ' ')).join(' | ')} |`
}
