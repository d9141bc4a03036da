import { enableCompileCache } from 'node:module'
import { openCacheFolder } from '../shared/cache-folder.ts'
import { writeAnswer } from './output/write.ts'

/**
 * The program: the one place that prints errors and exits. Everything but this file is imported when it is needed. What is
 * to be said was written when the command returned, so there is nothing to wait for: taking the heap apart costs 3 ms.
 */
export async function main(argv: readonly string[] = process.argv.slice(2)): Promise<void> {
  if (argv.length === 1 && (argv[0] === '--version' || argv[0] === '-V')) {
    const { readVersion } = await import('../shared/package.ts')
    return writeAnswer(`${readVersion()}\n`)
  }
  const cache = openCacheFolder('compile', process.env)
  if (cache !== undefined) enableCompileCache(cache)
  const { openTerminal, reportError, runProgram } = await importProgram(argv)
  let code: number
  try {
    code = await runProgram(argv, openTerminal(argv))
  } catch (error) {
    code = reportError(error, argv)
  }
  process.exit(code)
}

function importProgram(argv: readonly string[]) {
  if (isOneRequest(argv)) return import('./quick.ts')
  if (argv[0] === 'run' && argv[1] === '--') return import('./quick-run.ts')
  if (isHook(argv)) return import('./quick-hook.ts')
  return import('./work.ts')
}

/** `oos hooks run NAME …`, without options. */
function isHook([command, what, ...words]: readonly string[]): boolean {
  return (
    command === 'hooks' && what === 'run' && words.length > 0 && !words.some((word) => word.startsWith('-'))
  )
}

/** `oos explain REQUEST`, without options. */
function isOneRequest([command, request = '-', ...more]: readonly string[]): boolean {
  return command === 'explain' && !request.startsWith('-') && more.length === 0
}
