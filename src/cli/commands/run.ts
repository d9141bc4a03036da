import { isatty } from 'node:tty'
import type { Command } from 'commander'
import { leaveOutExcess } from '../../agents/consent.ts'
import { intendRun, prepareRun } from '../../agents/prepare.ts'
import { noteNested, superviseRun } from '../../agents/supervise.ts'
import type { RunWords } from '../../agents/target.ts'
import { closest } from '../../shared/closest.ts'
import { OosError } from '../../shared/errors.ts'
import type { Define } from '../command.ts'
import { planJson, renderPlan } from '../output/plan.ts'
import { runVoice } from '../output/run-voice.ts'

interface Options {
  readonly dryRun?: true
  readonly strict?: true
  readonly learn?: true
  readonly trustSpecs?: true
  readonly untrusted?: true
  readonly allow?: readonly string[]
  readonly deny?: readonly string[]
}

/** `oos run [agent] [-- command …]`: the command under the rules, with its own exit code. */
export const run: Define = (command, terminal) => {
  command
    .argument('[agent]', 'a definition in .agent-os/agents/; its rules hold in addition')
    .argument('[words...]', 'what the agent is to do; after `--` the command itself')
    .option('--dry-run', 'show the plan: mounts, environment, network, limits, and the rule behind each')
    .option('--strict', 'refuse to start when any rule is not held here')
    .option('--learn', 'let through and record what no rule allows; `oos learn` makes rules of it')
    .option('--trust-specs', "agree to this project's rules without being asked")
    .addOption(
      command
        .createOption('--untrusted', 'leave out what you have not agreed to in them')
        .conflicts('trustSpecs'),
    )
    .option('--deny <capability>', 'one more Deny for this run', collect)
    .option('--allow <capability>', 'one more Allow for this run; only at a terminal', collect)
    .allowUnknownOption()
  return async (_agent: string | undefined, _words: readonly string[], options: Options) => {
    if (terminal.json && !options.dryRun) throw jsonOfARun()
    const interactive = isatty(0)
    const words = splitWords(command)
    const { allow = [], deny = [] } = options
    const request = { ...options, allow, deny, words, cwd: terminal.cwd(), env: terminal.env, interactive }
    const voice = runVoice(terminal)
    if (!options.dryRun) return superviseRun(request, voice)
    const intent = await intendRun(request)
    noteNested(intent, voice)
    const prepared = await prepareRun(options.untrusted ? await leaveOutExcess(intent, voice) : intent)
    terminal.answer('run', planJson(prepared), () => renderPlan(prepared, terminal))
    return 0
  }
}

function collect(value: string, before: readonly string[] = []): readonly string[] {
  return [...before, value]
}

/** commander drops the `--` that tells an agent's name from a command, so it is looked up in what was typed. */
function splitWords(command: Command): RunWords {
  const { args, parent } = command
  const typed: readonly string[] =
    (parent as (Command & { readonly rawArgs: readonly string[] }) | null)?.rawArgs ?? []
  const end = typed.indexOf('--')
  const after = end === -1 ? undefined : typed.slice(end + 1)
  const names = args.slice(0, args.length - (after?.length ?? 0))
  const unknown = names[0]?.startsWith('-') ? names[0] : undefined
  if (unknown !== undefined) throw unknownOption(unknown, command)
  return { names, command: after }
}

function unknownOption(typed: string, command: Command): OosError {
  const known = command.createHelp().visibleOptions(command)
  const meant = closest(
    typed,
    known.flatMap(({ long }) => long ?? []),
  )
  return new OosError('usage', `unknown option \`${typed}\``, {
    hint: meant === undefined ? 'oos run --help' : `did you mean \`${meant}\`?`,
  })
}

const jsonOfARun = () =>
  new OosError('usage', 'stdout belongs to the command: `--json` goes with `--dry-run` only', {
    hint: 'oos runs show --json ID, when it has ended',
  })
