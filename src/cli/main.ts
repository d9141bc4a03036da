import { enableCompileCache } from 'node:module'
import { openCacheFolder } from '../shared/cache-folder.ts'

/** The program: the one place that prints errors and sets the exit code. Everything but this file is imported when it is needed. */
export async function main(argv: readonly string[] = process.argv.slice(2)): Promise<void> {
  if (argv.length === 1 && (argv[0] === '--version' || argv[0] === '-V')) {
    const { readVersion } = await import('../shared/package.ts')
    process.stdout.write(`${readVersion()}\n`)
    return
  }
  process.stdout.on('error', leaveQuietly)
  const cache = openCacheFolder('compile', process.env)
  if (cache !== undefined) enableCompileCache(cache)
  const { openTerminal, reportError, runProgram } = await import('./work.ts')
  try {
    process.exitCode = await runProgram(argv, openTerminal(argv))
  } catch (error) {
    process.exitCode = reportError(error, argv)
  }
}

/** The reader of a pipe (`| head`) has seen enough. */
function leaveQuietly(error: NodeJS.ErrnoException): void {
  if (error.code !== 'EPIPE') throw error
  process.exit(0)
}
