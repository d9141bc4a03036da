import { type Project, readSoundProject } from '../../ops/project/project.ts'
import { agree, findTrust, judgeTrust, revoke } from '../../ops/trust/trust.ts'
import { exitCodes, OosError } from '../../shared/errors.ts'
import type { Define } from '../command.ts'
import { confirmAtTerminal } from '../output/confirm.ts'
import { renderTrust, trustData } from '../output/trust.ts'
import type { Terminal } from '../terminal.ts'

interface Options {
  readonly yes?: true
  readonly dryRun?: true
  readonly revoke?: true
}

/** `oos trust`: what this project's specs give beyond what you gave or agreed to; it holds after a yes. */
export const trust: Define = (command, terminal) => {
  command
    .option('-y, --yes', 'agree without being asked')
    .option('--dry-run', 'show it and agree to nothing')
    .addOption(command.createOption('--revoke', 'forget what was agreed to here').conflicts('dryRun'))
  return async (options: Options) => {
    const project = await readSoundProject({ cwd: terminal.cwd(), env: terminal.env })
    return options.revoke ? takeBack(project, terminal) : showAndAsk(project, options, terminal)
  }
}

function takeBack(project: Project, terminal: Terminal): number {
  revoke(project, terminal.env)
  terminal.answer(
    'trust',
    { root: project.root, state: 'revoked' },
    () => 'forgotten: the next run asks again\n',
  )
  return exitCodes.done
}

async function showAndAsk(project: Project, { yes, dryRun }: Options, terminal: Terminal): Promise<number> {
  const { env, style } = terminal
  const { root, home } = project
  const found = await judgeTrust(project, findTrust(project, env))
  if (found.excess === undefined) {
    // Said at a command, it is about what stands here now: what was agreed to before and is gone is asked about again.
    if (found.state === 'kept' && !dryRun) keep(project, env)
    terminal.answer(
      'trust',
      { root, state: 'trusted' },
      () => `${style.good('nothing')} here goes beyond what you gave or agreed to\n`,
    )
    return exitCodes.done
  }
  const change = { state: found.state, root, home, excess: found.excess }
  const data = { root, ...trustData(change) }
  if (dryRun) {
    terminal.answer('trust', { ...data, state: 'untrusted' }, () => renderTrust(change, terminal))
    return exitCodes.done
  }
  terminal.tell(renderTrust(change, { ...terminal, style: terminal.talk }))
  if (!yes) await requireYes(terminal)
  keep(project, env)
  terminal.answer(
    'trust',
    { ...data, state: 'trusted' },
    () => `${style.good('agreed')}: the rules of ${root} hold as they are\n`,
  )
  return exitCodes.done
}

function keep(project: Project, env: NodeJS.ProcessEnv): void {
  try {
    agree(project, env)
  } catch (cause) {
    throw new OosError('home-missing', 'what you agreed to cannot be written down', {
      hint: 'make ~/.local/state writable, or set XDG_STATE_HOME to a folder that is',
      cause,
    })
  }
}

async function requireYes({ json, talk }: Terminal): Promise<void> {
  const confirm = json ? undefined : confirmAtTerminal(talk)
  if (confirm === undefined)
    throw new OosError('untrusted', 'nobody is here to ask', { hint: 'oos trust --yes' })
  if (!(await confirm('Let this hold?', true)))
    throw new OosError('untrusted', 'nothing was agreed to', { hint: 'edit the specs in .agent-os/' })
}
