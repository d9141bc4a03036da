import type { RunningSandbox } from './run.ts'

/**
 * Hands on what this process is told while a run goes on; returns how to stop doing so. At a terminal Ctrl-C and Ctrl-\
 * reach the command itself, and are none of ours; away from one we are the only one who hears them.
 */
export function passSignals(run: Pick<RunningSandbox, 'stop'>, interactive: boolean): () => void {
  const keys = ['SIGINT', 'SIGQUIT'] as const
  const others = ['SIGTERM', 'SIGHUP'] as const
  const passed = interactive ? others : [...keys, ...others]
  const pass = (signal: NodeJS.Signals) => run.stop('interrupted', signal)
  const ignore = () => {}
  for (const signal of keys) process.on(signal, ignore)
  for (const signal of passed) process.on(signal, pass)
  return () => {
    for (const signal of keys) process.off(signal, ignore)
    for (const signal of passed) process.off(signal, pass)
  }
}
