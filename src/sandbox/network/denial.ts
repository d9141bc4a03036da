import type { Decision, Rule } from '../../policy/types.ts'
import { unnamedAddress } from './address.ts'
import { type Asked, noAllowText } from './asked.ts'
import { type Authority, printAuthority } from './authority.ts'

/** A refusal as the client gets it: one line for status lines and headers, and a body that says what to do. */
export interface Denial {
  readonly line: string
  readonly body: string
}

export function renderDenial(asked: Asked, { decision, note, address }: Refusal): Denial {
  const capability = `http:${hostPattern(asked.authority)}:${asked.action}`
  const named = address && `http:${hostPattern({ ...asked.authority, host: address })}:request`
  const reason = reasonOf(decision, asked)
  const what = `${asked.method ?? 'tunnel'} ${printAuthority(asked.authority)}${asked.path ?? ''}`
  return {
    line: printable(`denied by oos: ${reason}`),
    body: [`oos denied ${what}`, note, reason, ...advice({ capability, named }, decision), '']
      .filter(isText)
      .join('\n'),
  }
}

interface Refusal {
  readonly decision: Decision
  readonly note?: string
  readonly address?: string
}

function reasonOf(decision: Decision, { authority }: Asked): string {
  if (decision.effect === 'allow') return 'the address is not one that a rule names'
  const broken = decision.reasons.find(({ kind }) => kind === 'broken-rule')
  if (!decision.rule && broken) return `the rules cannot decide it: ${broken.text}`
  if (!decision.rule) return noAllowText(decision) ?? unnamedAddress(authority.host) ?? 'no rule allows it'
  const why = decision.rule.reason ? ` (${decision.rule.reason})` : ''
  const spent = decision.reasons[0]?.kind === 'constraint' ? `: ${decision.reasons[0].text}` : ''
  const asks = decision.effect === 'ask' ? ', and inside the sandbox nobody can be asked' : ''
  return `${place(decision.rule)} ${decision.rule.source.text}${spent}${why}${asks}`
}

function advice(
  { capability, named }: { readonly capability: string; readonly named: string | undefined },
  decision: Decision,
): readonly string[] {
  if (decision.rule) return [`look at ${place(decision.rule)}, or type: oos explain '${capability}'`]
  const line = named ?? capability
  return [`to allow it, a person adds this line to .agent-os/AGENT.md:`, `- **Allow** \`${line}\``]
}

function hostPattern(authority: Authority): string {
  const text = printAuthority(authority)
  return authority.port === 80 || authority.port === 443 ? text.slice(0, text.lastIndexOf(':')) : text
}

function place({ source }: Rule): string {
  return `${source.file}:${source.line}`
}

/** Safe in a status line and a header: what a person wrote in a rule may hold any character. */
export function printable(text: string): string {
  return text.replace(/[^\x20-\x7e]+/g, '?').slice(0, 300)
}

function isText(line: string | undefined): line is string {
  return line !== undefined
}
