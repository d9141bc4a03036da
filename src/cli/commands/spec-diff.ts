import { readSpecDifference } from '../../ops/diff/spec-diff.ts'
import { exitCodes } from '../../shared/errors.ts'
import type { Define } from '../command.ts'
import { differenceData, renderDifference, renderMarkdown } from '../output/difference.ts'

interface Options {
  readonly failOn?: 'widening'
  readonly format: 'text' | 'markdown'
}

/** `oos spec diff [REV[..REV]]`: which requests an edit of the specs makes come out differently. */
export const specDiff: Define = (command, terminal) => {
  command
    .argument('[revisions]', 'REV against the working tree, or REV..REV; HEAD if left out')
    .addOption(command.createOption('--fail-on <what>', 'exit 3 if it allows more').choices(['widening']))
    .addOption(
      command
        .createOption('--format <format>', 'how to print it')
        .choices(['text', 'markdown'])
        .default('text'),
    )
  return (range: string | undefined, { failOn, format }: Options) => {
    const { env } = terminal
    const asked = range === undefined ? {} : { range }
    const difference = readSpecDifference({ cwd: terminal.cwd(), env, now: Date.now(), ...asked })
    terminal.answer('spec diff', differenceData(difference), () =>
      format === 'markdown' ? renderMarkdown(difference) : renderDifference(difference, terminal),
    )
    return failOn === 'widening' && difference.widens ? exitCodes.refused : exitCodes.done
  }
}
