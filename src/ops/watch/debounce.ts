/** Does something after some ms; what it returns calls that off. */
export type Later = (ms: number, work: () => void) => () => void

const later: Later = (ms, work) => {
  const timer = setTimeout(work, ms)
  return () => clearTimeout(timer)
}

export interface DebounceOptions {
  /** ms without another call. */
  readonly quiet: number
  /** ms after the first call at the latest, where calls that never end are no reason to wait for ever. */
  readonly most?: number
  readonly later?: Later
}

/** Many calls in a row as one, once there has been quiet. */
export function debounce(work: () => void, options: DebounceOptions): { call(): void; cancel(): void } {
  const { quiet, most, later: wait = later } = options
  let callOff: Readonly<Record<'quiet' | 'most', () => void>> | undefined
  const cancel = () => {
    callOff?.quiet()
    callOff?.most()
    callOff = undefined
  }
  const fire = () => {
    cancel()
    work()
  }
  const atLatest = () => (most === undefined ? () => undefined : wait(most, fire))
  return {
    call() {
      callOff?.quiet()
      callOff = { quiet: wait(quiet, fire), most: callOff?.most ?? atLatest() }
    },
    cancel,
  }
}
