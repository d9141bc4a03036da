import { stripVTControlCharacters } from 'node:util'
import { Command, Help } from 'commander'
import { OosError } from '../shared/errors.ts'
import { readVersion } from '../shared/package.ts'
import { quoteWord } from '../shared/quote-word.ts'
import type { CommandEntry, Define } from './command.ts'
import { commands, findEntry, parents } from './commands/index.ts'
import { narrowestText, renderFirstPage } from './output/help.ts'
import type { Terminal } from './terminal.ts'

/** Runs the command that `argv` names and returns its exit code. Usage errors are thrown as commander throws them. */
export async function runProgram(argv: readonly string[], terminal: Terminal): Promise<number> {
  refuseBareDashes(argv)
  const typed = findEntry(argv)
  const loaded = new Map(typed === undefined ? [] : [[typed.name, await typed.load()]])
  const entries = typed === undefined ? commands : withBelow(typed)
  const { program, outcome, said } = createProgram(terminal, entries, loaded)
  try {
    if (argv.length === 0) program.outputHelp()
    else await program.parseAsync(spellHelp(argv), { from: 'user' })
  } finally {
    answerSaid(said, terminal)
  }
  return outcome.code
}

/** `oos -- npm test`: commander takes what stands behind the two dashes for a command, of which nothing is loaded. */
function refuseBareDashes(argv: readonly string[]): void {
  const end = argv.indexOf('--')
  const words = end === -1 ? [] : argv.slice(end + 1)
  if (words.length === 0 || argv.slice(0, end).some((word) => !word.startsWith('-'))) return
  const start = findEntry(words) === undefined ? 'oos run -- ' : 'oos '
  throw new OosError('usage', 'no command of oos stands before `--`', {
    hint: `${start}${words.map(quoteWord).join(' ')}`,
  })
}

/** What commander says by itself: the version, or help, which comes in pieces. */
function answerSaid(said: readonly string[], terminal: Terminal): void {
  const text = said.join('')
  if (text === '') return
  const version = readVersion()
  if (text === `${version}\n`) terminal.answer('version', { version }, () => text)
  else terminal.answer('help', { text: stripVTControlCharacters(text) }, () => text)
}

/** Every command that people see, for what describes the program itself: with its options if it is one of these. */
export async function describeProgram(
  terminal: Terminal,
  whole: readonly CommandEntry[] = commands,
): Promise<Command> {
  const shown = commands.filter(({ hidden }) => hidden !== true)
  const wanted = shown.filter((entry) => whole.includes(entry))
  const loaded = await Promise.all(wanted.map(async ({ name, load }) => [name, await load()] as const))
  return createProgram(terminal, shown, new Map(loaded)).program
}

/** For completion, asked at each tab: to load every command takes a quarter of a second. */
function describeFor(words: readonly string[], terminal: Terminal): Promise<Command> {
  const typed = findEntry(words)
  return describeProgram(terminal, typed === undefined ? [] : [typed])
}

/** Only what was typed and what stands below it: to describe every command to commander costs time that nobody needs. */
function withBelow(typed: CommandEntry): readonly CommandEntry[] {
  return commands.filter(({ name }) => name === typed.name || name.startsWith(`${typed.name} `))
}

/** `help spec check` is `spec check --help`; commander's own takes one word only. What is no command is said as without it. */
function spellHelp(argv: readonly string[]): string[] {
  const [help, ...words] = argv
  if (help !== 'help' || words.length === 0) return [...argv]
  const wanted = words.filter((word) => !word.startsWith('-')).join(' ')
  const isThere = wanted === '' || commands.some(({ name }) => `${name} `.startsWith(`${wanted} `))
  return isThere ? [...words, '--help'] : words
}

function createProgram(
  terminal: Terminal,
  entries: readonly CommandEntry[],
  loaded: ReadonlyMap<string, Define>,
) {
  const outcome = { code: 0 }
  const said: string[] = []
  const program: Command = new Command('oos')
    .description('markdown rules that bind a real command')
    .version(readVersion(), '-V, --version', 'print the version')
    .helpOption('-h, --help', 'show help')
    .helpCommand('help [command]', 'show help for a command')
    .option('--json', 'print the answer as one JSON document')
    .option('--no-color', 'print without colours')
    .exitOverride()
    .configureOutput({
      writeOut: (text) => said.push(text),
      writeErr: () => undefined,
      outputError: () => undefined,
    })
    .configureHelp({
      showGlobalOptions: true,
      helpWidth: Math.min(terminal.width, 100),
      minWidthToWrap: narrowestText,
      styleTitle: terminal.style.bold,
      formatHelp: (command, help) =>
        command === program
          ? renderFirstPage(entries, terminal)
          : Help.prototype.formatHelp.call(help, command, help),
    })
  for (const entry of entries) {
    const command = addCommand(program, entry)
    const define = loaded.get(entry.name)
    if (define === undefined) continue
    const action = define(command, terminal, (words: readonly string[]) => describeFor(words, terminal)) as (
      ...args: unknown[]
    ) => ReturnType<ReturnType<Define>>
    command.action(async (...args: unknown[]) => {
      outcome.code = (await action(...args)) ?? 0
    })
  }
  return { program, outcome, said }

  function addCommand(
    above: Command,
    { name, summary, group, example, hidden = false }: CommandEntry,
  ): Command {
    const words = name.split(' ')
    const last = words.pop() ?? name
    const parent = words.reduce((command, word) => findOrAdd(command, word, group), above)
    return parent
      .command(last, { hidden })
      .description(summary)
      .helpGroup(parent === above ? `${group}:` : 'Commands:')
      .addHelpText('after', `\n${terminal.style.bold('Example:')}\n  $ ${example}`)
  }
}

function findOrAdd(parent: Command, word: string, group: string): Command {
  return (
    parent.commands.find((command) => command.name() === word) ??
    parent
      .command(word)
      .description(parents[word] ?? '')
      .helpGroup(`${group}:`)
  )
}
