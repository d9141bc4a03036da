import { isatty } from 'node:tty'
import type { Confirm } from '../../agents/voice.ts'
import { OosError } from '../../shared/errors.ts'
import { sanitizeLine } from './sanitize.ts'

/** A yes or no of whoever sits at the terminal, asked on stderr: stdout belongs to the answer. Undefined where there is nobody. */
export function confirmAtTerminal(): Confirm | undefined {
  return isatty(0) && isatty(2) ? ask : undefined
}

/** Imported only when a question is asked. */
async function ask(question: string, usual = false): Promise<boolean> {
  const { default: inquirer } = await import('inquirer')
  const prompt = inquirer.createPromptModule({ output: process.stderr })
  try {
    const { yes } = await prompt([
      { type: 'confirm', name: 'yes', message: sanitizeLine(question), default: usual },
    ])
    return yes
  } catch (error) {
    if (!(error instanceof Error) || error.name !== 'ExitPromptError') throw error
    throw new OosError('interrupted', 'interrupted, and nothing was agreed to', { cause: error })
  }
}
