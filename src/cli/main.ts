import { enableCompileCache } from 'node:module'
import { join } from 'node:path'
import { openCacheFolder } from '../shared/cache-folder.ts'
import { type CompiledScript, runCompiled } from './compiled-script.ts'
import { writeAnswer } from './output/write.ts'

/**
 * The program: the one place that prints errors and exits. Everything but this file is imported when it is needed. What is
 * to be said was written when the command returned, so there is nothing to wait for: taking the heap apart costs 3 ms.
 */
export async function main(argv: readonly string[] = process.argv.slice(2)): Promise<void> {
  if (argv.length === 1 && (argv[0] === '--version' || argv[0] === '-V')) {
    const { readVersion } = await import('../shared/package.ts')
    try {
      return writeAnswer(`${readVersion()}\n`)
    } catch {
      // The program below cannot write it either, and says why.
    }
  }
  const cache = compileFolder(process.env)
  if (cache !== undefined) enableCompileCache(cache)
  const { exports: program, keep } = await loadProgram(argv, cache)
  let code: number
  try {
    code = await program.runProgram(argv, program.openTerminal(argv))
  } catch (error) {
    code = program.reportError(error, argv)
  }
  keep()
  process.exit(code)
}

/** Node's own words for it, too. */
function compileFolder(env: NodeJS.ProcessEnv): string | undefined {
  if (env.NODE_DISABLE_COMPILE_CACHE) return undefined
  return env.NODE_COMPILE_CACHE || openCacheFolder('compile', env)
}

type Program = typeof import('./work.ts')

async function loadProgram(
  argv: readonly string[],
  cache: string | undefined,
): Promise<CompiledScript<Program>> {
  const name = hotScript(argv)
  if (name !== undefined) return runCompiled(join(import.meta.dirname, 'hot', `${name}.js`), cache)
  return { exports: await import('./work.ts'), keep: () => undefined }
}

/** The file of its own that the build makes (`scripts/hot.ts`) of what is started all day. */
function hotScript(argv: readonly string[]): string | undefined {
  if (isOneRequest(argv)) return 'quick'
  if (argv[0] === 'run' && argv[1] === '--') return 'quick-run'
  if (isHook(argv)) return 'quick-hook'
  return argv[0] === 'run' || argv[0] === 'explain' ? argv[0] : undefined
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
