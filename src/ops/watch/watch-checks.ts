import type { OosError } from '../../shared/errors.ts'
import { createRecheck, type RecheckOptions, type WatchedCheck } from './recheck.ts'
import { watchSpecs } from './watch-specs.ts'

export interface CheckWatch {
  /** Rejects when it cannot go on. */
  readonly failed: Promise<never>
  close(): Promise<void>
}

/** Checks now, and again whenever specs of the project or the user's own change; one check at a time. */
export function watchChecks(
  options: RecheckOptions & { readonly home: string },
  show: (check: WatchedCheck | OosError) => void,
): CheckWatch {
  const recheck = createRecheck(options)
  const { promise: failed, reject } = Promise.withResolvers<never>()
  let last = Promise.resolve()
  const check = () => {
    last = last
      .then(recheck)
      .then((found) => found && show(found))
      .catch(reject)
  }
  const watcher = watchSpecs({
    bases: [...new Set([options.root, options.home])],
    onChange: check,
    onFailure: reject,
  })
  watcher.ready.then(check)
  return { failed, close: watcher.close }
}
