import type { CommandEntry } from '../command.ts'

/** Words that only hold other commands together. */
export const parents: Readonly<Record<string, string>> = {
  spec: 'what the markdown says, and whether it holds',
}

/** Every command. A new one is a file here and an entry in this list. */
export const commands: readonly CommandEntry[] = [
  {
    name: 'init',
    summary: 'write specs that fit this project, after showing them',
    group: 'Set up',
    example: 'oos init',
    load: async () => (await import('./init.ts')).init,
  },
  {
    name: 'run',
    summary: 'run a command, or an agent, under the rules',
    group: 'Runs',
    example: 'oos run -- npm test',
    load: async () => (await import('./run.ts')).run,
  },
  {
    name: 'learn',
    summary: 'the rules that would have let a run pass, written into the spec after a yes',
    group: 'Runs',
    example: 'oos learn',
    load: async () => (await import('./learn.ts')).learn,
  },
  {
    name: 'spec check',
    summary: 'say what is wrong with the specs, where, and what to write instead',
    group: 'Rules',
    example: 'oos spec check',
    load: async () => (await import('./spec-check.ts')).specCheck,
  },
  {
    name: 'spec watch',
    summary: 'check again at each save, and say what the edit newly allows or denies',
    group: 'Rules',
    example: 'oos spec watch',
    load: async () => (await import('./spec-watch.ts')).specWatch,
  },
  {
    name: 'spec show',
    summary: 'list the rules that hold: about what, for whom, why, and on which line',
    group: 'Rules',
    example: 'oos spec show',
    load: async () => (await import('./spec-show.ts')).specShow,
  },
  {
    name: 'spec test',
    summary: 'ask the examples that stand below the rules',
    group: 'Rules',
    example: 'oos spec test',
    load: async () => (await import('./spec-test.ts')).specTest,
  },
  {
    name: 'spec coverage',
    summary: 'which line is held where on this machine, what is missing, and how much of it all',
    group: 'Rules',
    example: 'oos spec coverage --annotate',
    load: async () => (await import('./spec-coverage.ts')).specCoverage,
  },
  {
    name: 'spec suggest',
    summary: 'the rules that sentences plainly mean, written below them after a yes',
    group: 'Rules',
    example: 'oos spec suggest',
    load: async () => (await import('./spec-suggest.ts')).specSuggest,
  },
  {
    name: 'spec diff',
    summary:
      'which requests an edit of the rules allows, asks about or denies that came out otherwise before',
    group: 'Rules',
    example: 'oos spec diff main..HEAD',
    load: async () => (await import('./spec-diff.ts')).specDiff,
  },
  {
    name: 'spec backtest',
    summary: 'what would have come out differently in all recorded runs, by which rule',
    group: 'Rules',
    example: 'oos spec backtest --since 30d',
    load: async () => (await import('./spec-backtest.ts')).specBacktest,
  },
  {
    name: 'trust',
    summary: 'what a project gives beyond what you gave or agreed to; it holds after your yes',
    group: 'Rules',
    example: 'oos trust',
    load: async () => (await import('./trust.ts')).trust,
  },
  {
    name: 'explain',
    summary: 'what the rules say to a request, by which line, and what would change it',
    group: 'Rules',
    example: "oos explain 'shell:git push origin main'",
    load: async () => (await import('./explain.ts')).explain,
  },
  {
    name: 'runs',
    summary: 'what was run here, newest first',
    group: 'Runs',
    example: 'oos runs --limit 5',
    load: async () => (await import('./runs.ts')).runs,
  },
  {
    name: 'runs show',
    summary: 'what happened in a run, and by which rule',
    group: 'Runs',
    example: 'oos runs show 4VQ8K2MD',
    load: async () => (await import('./runs-show.ts')).runsShow,
  },
  {
    name: 'runs verify',
    summary: 'whether the record of a run is what was recorded',
    group: 'Runs',
    example: 'oos runs verify 4VQ8K2MD',
    load: async () => (await import('./runs-verify.ts')).runsVerify,
  },
  {
    name: 'why',
    summary: 'which run is behind a commit or a line, by whose order, and under which rules',
    group: 'Runs',
    example: 'oos why src/index.ts:12',
    load: async () => (await import('./why.ts')).why,
  },
  {
    name: 'hooks',
    summary: 'which git hooks check commits and pushes here, and where they are',
    group: 'Set up',
    example: 'oos hooks',
    load: async () => (await import('./hooks.ts')).hooks,
  },
  {
    name: 'hooks install',
    summary: 'have git ask oos before each commit and push; what is there goes on working',
    group: 'Set up',
    example: 'oos hooks install --dry-run',
    load: async () => (await import('./hooks-install.ts')).hooksInstall,
  },
  {
    name: 'hooks uninstall',
    summary: 'put back, byte for byte, what was there before',
    group: 'Set up',
    example: 'oos hooks uninstall',
    load: async () => (await import('./hooks-uninstall.ts')).hooksUninstall,
  },
  {
    name: 'hooks run',
    summary: 'what the hooks call',
    group: 'Set up',
    example: 'oos hooks run pre-commit',
    load: async () => (await import('./hooks-run.ts')).hooksRun,
  },
  {
    name: 'doctor',
    summary: 'try what a run needs on this machine, and say what to fix',
    group: 'Set up',
    example: 'oos doctor',
    load: async () => (await import('./doctor.ts')).doctor,
  },
  {
    name: 'lsp',
    summary: 'the language server for specs, which an editor starts',
    group: 'Set up',
    example: 'oos lsp --stdio',
    load: async () => (await import('./lsp.ts')).lsp,
  },
  {
    name: 'completion',
    summary: 'print the completion script of a shell',
    group: 'Set up',
    example: 'source <(oos completion bash)',
    load: async () => (await import('./completion.ts')).completion,
  },
  {
    name: 'complete',
    summary: 'what a completion script asks',
    group: 'Set up',
    example: 'oos complete -- spec ""',
    hidden: true,
    load: async () => (await import('./completion.ts')).complete,
  },
]

/** The longest command that the words of `argv` start with. */
export function findEntry(argv: readonly string[]): CommandEntry | undefined {
  const end = argv.indexOf('--')
  const words = argv.slice(0, end === -1 ? undefined : end).filter((word) => !word.startsWith('-'))
  const line = `${(words[0] === 'help' ? words.slice(1) : words).join(' ')} `
  return commands
    .filter(({ name }) => line.startsWith(`${name} `))
    .sort((a, b) => b.name.length - a.name.length)[0]
}
