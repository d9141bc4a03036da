import { applyInit } from '../../ops/init/apply.ts'
import { lookAt } from '../../ops/init/look.ts'
import { type InitPlan, planInit } from '../../ops/init/plan.ts'
import { readTemplates } from '../../ops/init/templates.ts'
import { trustWritten } from '../../ops/init/trust.ts'
import { exitCodes, OosError } from '../../shared/errors.ts'
import type { Define } from '../command.ts'
import { confirmAtTerminal } from '../output/confirm.ts'
import { renderInitPlan, renderInitResult } from '../output/init.ts'
import type { Terminal } from '../terminal.ts'

interface Options {
  readonly yes?: true
  readonly dryRun?: true
  readonly user: boolean
}

/** `oos init`: specs that fit this project. Nothing that is there is written over. */
export const init: Define = (command, terminal) => {
  command
    .option('-y, --yes', 'write without asking')
    .option('--dry-run', 'show the files and write none')
    .option('--no-user', 'leave ~/.agent-os alone')
  return async ({ yes, dryRun, user }: Options) => {
    const facts = await lookAt({ cwd: terminal.cwd(), env: terminal.env })
    const plan = planInit(facts, { templates: readTemplates(), user })
    if (dryRun) {
      terminal.answer('init', planJson(plan), () => renderInitPlan(plan, terminal.style))
      return exitCodes.done
    }
    if (!yes && !(await agreed(plan, terminal))) {
      terminal.tell('nothing was written\n')
      return exitCodes.failed
    }
    const files = applyInit(plan)
    const trusted = await trustWritten(plan, files, terminal.env)
    const data = { ...planJson(plan), files, trusted }
    terminal.answer('init', data, () => renderInitResult(plan, files, terminal.style))
    return files.some(({ state }) => state === 'failed') ? exitCodes.failed : exitCodes.done
  }
}

/** Each file is seen before it is written; where nothing is new there is nothing to agree to. */
async function agreed(plan: InitPlan, terminal: Terminal): Promise<boolean> {
  const fresh = plan.files.filter(({ state }) => state === 'new').length
  if (fresh === 0) return true
  const confirm = terminal.json ? undefined : confirmAtTerminal(terminal.talk)
  if (confirm === undefined)
    throw new OosError('usage', 'nobody is here to ask', {
      hint: 'oos init --dry-run shows the files, oos init --yes writes them',
    })
  terminal.tell(renderInitPlan(plan, terminal.talk))
  return confirm(`write ${fresh === 1 ? 'this file' : `these ${fresh} files`}?`, true)
}

function planJson({ root, files, notes, test }: InitPlan) {
  const shown = files.map(({ path, state, content, difference }) => ({ path, state, content, difference }))
  return { root, test: test ?? null, notes, files: shown }
}
