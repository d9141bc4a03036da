import type { RunningSandbox } from '../sandbox/run.ts'

/** Signals to oos end the run in order. At a terminal Ctrl-C is for the command: the keyboard sends it there itself. */
export function passSignals(sandbox: RunningSandbox, interactive: boolean): () => void {
  const keys: readonly NodeJS.Signals[] = ['SIGINT', 'SIGQUIT']
  const others: readonly NodeJS.Signals[] = ['SIGTERM', 'SIGHUP']
  const listeners = [...keys, ...others].map((signal) => {
    const forCommand = interactive && keys.includes(signal)
    const listener = forCommand ? () => undefined : () => sandbox.stop('interrupted', signal)
    process.on(signal, listener)
    return { signal, listener }
  })
  return () => {
    for (const { signal, listener } of listeners) process.off(signal, listener)
  }
}
