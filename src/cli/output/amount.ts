/** `340 ms`, `1.2 s`, `3 min 05 s`, `2 h 10 min`: how long something took, to the precision that a person wants. */
export function renderElapsed(exact: number): string {
  const ms = Math.round(exact)
  if (ms < 1000) return `${ms} ms`
  const seconds = ms / 1000
  if (seconds < 59.95) return `${seconds.toFixed(1)} s`
  const whole = Math.round(seconds)
  if (whole < 3600) return `${Math.floor(whole / 60)} min ${pad(whole % 60)} s`
  return `${Math.floor(whole / 3600)} h ${pad(Math.floor((whole % 3600) / 60))} min`
}

/** `812 B`, `4.1 MB`. */
export function renderBytes(bytes: number): string {
  const units = ['B', 'KB', 'MB', 'GB', 'TB']
  const power = Math.min(units.length - 1, Math.max(0, Math.floor(Math.log10(Math.max(1, bytes)) / 3)))
  return `${power === 0 ? bytes : (bytes / 1000 ** power).toFixed(1)} ${units[power]}`
}

/** Local time to the second: `2026-11-21 14:03:59`. */
export function renderTime(at: number): string {
  const date = new Date(at)
  const day = [date.getFullYear(), pad(date.getMonth() + 1), pad(date.getDate())].join('-')
  return `${day} ${[date.getHours(), date.getMinutes(), date.getSeconds()].map(pad).join(':')}`
}

function pad(number: number): string {
  return String(number).padStart(2, '0')
}
