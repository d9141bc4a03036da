import { ownRules } from '../../agents/own-rules.ts'
import { readProposeFacts } from '../../ops/learn/facts.ts'
import { findLearningRun, isTold, nothingLearnt } from '../../ops/learn/last-run.ts'
import { type Learned, readLearned } from '../../ops/learn/learned.ts'
import { isLearntHere } from '../../ops/learn/learnt-here.ts'
import type { Proposal } from '../../ops/learn/proposal.ts'
import { type Proposals, proposeRules } from '../../ops/learn/propose.ts'
import { planEdit, writeEdit } from '../../ops/learn/write.ts'
import { openProject, type Project } from '../../ops/project/project.ts'
import { readRecord } from '../../ops/project/record.ts'
import { trustEdited } from '../../ops/trust/trust.ts'
import { exitCodes, OosError } from '../../shared/errors.ts'
import { quoteWord } from '../../shared/quote-word.ts'
import type { Run } from '../../store/fold.ts'
import { shortId } from '../../store/ulid.ts'
import type { Define } from '../command.ts'
import { confirmAtTerminal } from '../output/confirm.ts'
import { learnData, renderLearned, renderNote, renderProposal } from '../output/learn.ts'
import type { Terminal } from '../terminal.ts'

interface Options {
  readonly write?: true
  readonly dryRun?: true
  readonly wide?: true
}

/** `oos learn [ID]`: the rules that would have let a run pass, written into the spec after a yes. */
export const learn: Define = (command, terminal) => {
  command
    .argument('[run]', 'its id, or the end of it; the last run that learnt if left out')
    .option('--wide', 'open whole top folders to writing and the whole project to reading')
    .option('--write', 'write all that the run needed without asking')
    .option('--dry-run', 'show the rules and write none')
  return async (id: string | undefined, { write, dryRun, wide }: Options) => {
    const project = await openProject({ cwd: terminal.cwd(), env: terminal.env, bare: true })
    const learned = readLearning(project, id, terminal.env)
    const more = ownRules(project, terminal.env)
    const proposals = proposeRules(learned, readProposeFacts(project, learned, { more, wide: wide === true }))
    const asked = terminal.json || write || dryRun ? undefined : await askEach(proposals, learned, terminal)
    const accepted = asked ?? (write === true && !dryRun ? proposals.needed : [])
    const notes = asked === undefined ? proposals.notes : []
    const settled = { ...proposals, notes, accepted, written: accepted.length > 0 }
    if (settled.written) {
      const edit = planEdit(project, accepted)
      writeEdit(edit, project)
      await trustEdited(project, edit.sources, terminal.env)
    }
    terminal.answer('learn', learnData(learned, settled), () =>
      renderLearned(learned, settled, terminal.style),
    )
    return exitCodes.done
  }
}

function readLearning(project: Project, id: string | undefined, env: NodeJS.ProcessEnv): Learned {
  const store = readRecord(project)
  if (store === undefined) throw nothingLearnt()
  const isHere = (run: Run) => isLearntHere(store, run, { place: project, env })
  const run = findLearningRun(store, id, isHere)
  const learned = isTold(run) ? readLearned(run, store.events(run.id), project.root) : undefined
  if (learned !== undefined && isHere(run)) return learned
  const why = learned !== undefined ? 'did not learn here' : isTold(run) ? 'did not learn' : 'broke off'
  throw new OosError('run-unknown', `run \`${shortId(run.id)}\` ${why}`, {
    hint: `oos run --learn -- ${run.command.map(quoteWord).join(' ')}`,
  })
}

/** Nothing is written before the last answer; undefined where there is nobody to ask. */
async function askEach(
  { needed, wanted, notes }: Proposals,
  learned: Learned,
  { tell, talk }: Terminal,
): Promise<readonly Proposal[] | undefined> {
  const confirm = confirmAtTerminal(talk)
  if (confirm === undefined) return undefined
  const accepted: Proposal[] = []
  const ask = async (all: readonly Proposal[], usual: boolean) => {
    for (const proposal of all) {
      tell(renderProposal(proposal, talk))
      if (await confirm(proposal.pack === undefined ? 'write this rule?' : 'take in this pack?', usual))
        accepted.push(proposal)
    }
  }
  // Some speak for another run first.
  for (const note of notes) tell(renderNote(note, talk))
  await ask(needed, true)
  if (wanted.length > 0) tell(`run ${shortId(learned.run.id)} looked for these and went on without them:\n`)
  await ask(wanted, false)
  return accepted
}
