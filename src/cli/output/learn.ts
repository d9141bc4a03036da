import type { Learned } from '../../ops/learn/learned.ts'
import type { Proposal } from '../../ops/learn/proposal.ts'
import type { Proposals } from '../../ops/learn/propose.ts'
import { learnedFile } from '../../ops/learn/write.ts'
import { quoteWord } from '../../shared/quote-word.ts'
import { isRedacted } from '../../store/redact.ts'
import { shortId } from '../../store/ulid.ts'
import { sanitizeLine } from './sanitize.ts'
import type { Style } from './style.ts'

export interface SettledProposals extends Proposals {
  readonly accepted: readonly Proposal[]
  readonly written: boolean
}

/** The rule as it would stand there, and what it is for. */
export function renderProposal(proposal: Proposal, style: Style): string {
  return `${style.good('+')} ${sanitizeLine(lineOf(proposal))}\n${renderUses(proposal, style)}`
}

const lineOf = ({ text, pack }: Proposal) => (pack === undefined ? `- ${text}` : `extends: ${text}`)

function renderUses({ count, examples, more, pack }: Proposal, style: Style): string {
  if (count === 0) return pack === undefined ? '' : `  ${style.dim('held while the run learnt')}\n`
  return `  ${style.dim(`${count} × ${sanitizeLine(examples.join(', '))}${more ? ', …' : ''}`)}\n`
}

export function renderLearned(learned: Learned, settled: SettledProposals, style: Style): string {
  return [
    ...renderNeeded(learned, settled, style),
    ...renderWanted(settled, style),
    ...renderRefused(learned, style),
    ...settled.notes.map((note) => renderNote(note, style)),
    ...renderNames(learned, style),
    ...renderEnd(learned, style),
  ].join('')
}

export const renderNote = (note: string, style: Style) => `${style.warn('note')} ${note}\n`

function renderNeeded({ run }: Learned, settled: SettledProposals, style: Style): string[] {
  const { needed, accepted, written } = settled
  if (needed.length === 0)
    return [`nothing to write: the rules allow what run ${shortId(run.id)} used, or are against it\n`]
  if (!written) {
    return [
      ...needed.map((proposal) => renderProposal(proposal, style)),
      `\n${needed.length === 1 ? 'this is' : `these ${needed.length} are`} not written yet: oos learn ${shortId(run.id)} --write\n`,
    ]
  }
  const lines = accepted.map((proposal) => `${style.good('written')} ${sanitizeLine(lineOf(proposal))}\n`)
  return [...lines, `in ${learnedFile}${nextStep(run)}\n`]
}

function nextStep({ agent, command }: Learned['run']): string {
  if (command.some(isRedacted)) return ''
  const who = agent === 'command' ? '' : `${agent} `
  return `; next: oos run ${who}-- ${sanitizeLine(command.map(quoteWord).join(' '))}`
}

function renderWanted({ wanted, accepted }: SettledProposals, style: Style): string[] {
  const left = wanted.filter((proposal) => !accepted.includes(proposal))
  if (left.length === 0) return []
  const lines = left.map((proposal) => renderProposal(proposal, style))
  return [
    '\nlooked for, and there on this machine, but outside of what a run that learns opens:\n',
    ...lines,
    'the run went on without; write a rule by hand if that was wrong, then let it learn again\n',
  ]
}

/** That oos's own record cannot be read is no news. */
function renderRefused({ refused }: Learned, style: Style): string[] {
  const told = refused.filter(({ rule, action }) => rule?.file !== 'oos:protected' || action !== 'read')
  if (told.length === 0) return []
  const shown = told.slice(0, mostRefused)
  const lines = shown.map(({ target, action, rule }) => {
    const why =
      rule === undefined ? '' : ` ${style.place(`${rule.file}:${rule.line}`)} ${sanitizeLine(rule.text)}`
    return `${style.bad('refused')} ${sanitizeLine(`file:${target}:${action}`)}${why}\n`
  })
  const more = told.length - shown.length
  return ['\n', ...lines, ...(more === 0 ? [] : [`and ${more} more\n`])]
}

const mostRefused = 10

function renderNames({ names }: Learned, style: Style): string[] {
  if (names.length === 0) return []
  const list = sanitizeLine(names.join(', '))
  return [`${style.warn('note')} these variables were passed, and which were read cannot be seen: ${list}\n`]
}

function renderEnd({ run: { exitCode, id } }: Learned, style: Style): string[] {
  if (exitCode === 0) return []
  const how = exitCode === null ? 'did not end by itself' : `ended with ${exitCode}`
  return [`${style.warn('note')} run ${shortId(id)} ${how}: what it did not get to is not learnt\n`]
}

export function learnData({ run, refused, names }: Learned, settled: SettledProposals) {
  const { needed, wanted, accepted, written, notes } = settled
  const data = ({ text, pack, count, examples }: Proposal) => ({ text, pack, count, examples })
  const state = (proposal: Proposal) =>
    written ? (accepted.includes(proposal) ? 'written' : 'declined') : 'offered'
  return {
    ...{ run: run.id, command: run.command, exitCode: run.exitCode, file: learnedFile },
    proposals: needed.map((each) => ({ ...data(each), state: state(each) })),
    wanted: wanted.map(data),
    ...{ refused, names, notes },
  }
}
