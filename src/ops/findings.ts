import { analyze, type Finding } from '../policy/analysis/analyze.ts'
import { printWitness } from '../policy/analysis/witness.ts'
import { printCapability } from '../policy/capability.ts'
import { compilePolicy } from '../policy/compile.ts'
import type { PathPlace } from '../policy/path-glob.ts'
import type { Diagnostic } from '../shared/diagnostics.ts'
import type { DiagnosticCode } from '../spec/diagnostic-codes.ts'
import { diagnostic } from '../spec/report.ts'
import type { Project } from './project.ts'

/** What rules say in vain, as warnings with a request that shows it. They do not depend on the clock. */
export function readFindings({
  rules,
  root,
  home,
}: Pick<Project, 'rules' | 'root' | 'home'>): readonly Diagnostic[] {
  const policy = compilePolicy({ rules, root, home, now: 0 })
  return analyze(policy).map((finding) => findingDiagnostic(finding, policy))
}

function findingDiagnostic(finding: Finding, place: PathPlace): Diagnostic {
  const { rule, capability, by, witness } = finding
  const example = printWitness(witness, place)
  const what = `\`${printCapability(capability)}\``
  const message =
    by === undefined
      ? `${what} excepts nothing: the rule is not about \`${example}\``
      : `${what} never matters: all of it is denied, as \`${example}\``
  const related = by && [{ message: `denied here: ${by.source.text}`, place: by.source }]
  return diagnostic(codeOf(finding), rule.source, message, related ? { related } : {})
}

function codeOf({ kind, rule, by }: Finding): DiagnosticCode {
  if (kind === 'empty-except') return 'analysis/empty-except'
  if (by === undefined || by.layer === rule.layer || by.layer === 'built-in') return 'analysis/under-deny'
  return by.layer === 'user' ? 'analysis/loosens-user' : 'analysis/contradiction'
}
