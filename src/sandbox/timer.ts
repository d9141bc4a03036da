/** What `setTimeout` can wait; it fires at once for more. */
const longest = 2 ** 31 - 1

/** Calls back after any number of milliseconds; returns how to call it off. */
export function afterMs(ms: number, callback: () => void): () => void {
  let timer: NodeJS.Timeout
  const wait = (left: number) => {
    timer = setTimeout(() => (left > longest ? wait(left - longest) : callback()), Math.min(left, longest))
  }
  wait(ms)
  return () => clearTimeout(timer)
}
