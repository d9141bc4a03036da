export interface ProgressOptions {
  /** Nothing is said where nobody watches. */
  readonly isWatched: boolean
  readonly tell: (text: string) => void
  /** ms, from any point on. */
  readonly now: () => number
  readonly describe: (count: number) => string
}

const patienceMs = 1000
const betweenMs = 100
/** The clock is looked at only so often. */
const step = 1000

/** The same items; what takes long says on one line how far it has come, and takes that line away when it is through. */
export function* withProgress<Item>(
  items: Iterable<Item>,
  { isWatched, tell, now, describe }: ProgressOptions,
): Generator<Item> {
  let count = 0
  let due = isWatched ? now() + patienceMs : Number.POSITIVE_INFINITY
  let told = false
  try {
    for (const item of items) {
      yield item
      count += 1
      if (count % step !== 0 || due > now()) continue
      told = true
      due = now() + betweenMs
      tell(`\r\x1b[K${describe(count)}`)
    }
  } finally {
    if (told) tell('\r\x1b[K')
  }
}
