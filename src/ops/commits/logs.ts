import { LedElsewhere } from '../../sandbox/held.ts'
import { bytesOf } from '../../shared/bytes.ts'
import type { LogFile } from './log-files.ts'
import { replaceFile } from './ref-files.ts'
import { mostBytes, readText } from './refs.ts'

type Logs = ReadonlyMap<string, LogFile>

/** The ids that came into the logs of what refs were before: `main@{1}` leads to them, and `stash@{1}`. */
export function newLogIds(before: Logs, after: Logs): readonly string[] {
  const changed = changedLogs(before, after)
  return [...new Set(changed.flatMap(({ was, text }) => addedLines(was, text).flatMap(idsOf)))]
}

interface ChangedLog {
  readonly path: string
  readonly was: LogFile | undefined
  readonly text: string
}

function changedLogs(before: Logs, after: Logs): readonly ChangedLog[] {
  return [...after].flatMap(([path, { stamp, text = '' }]): ChangedLog[] => {
    const was = before.get(path)
    return was?.stamp === stamp ? [] : [{ path, was, text }]
  })
}

/** The ones that were not there before, wherever they stand. */
function addedLines(was: LogFile | undefined, text: string): readonly string[] {
  if (was?.text !== undefined) {
    const known = new Set(was.text.split('\n'))
    return text.split('\n').filter((line) => !known.has(line))
  }
  // How long it was is all that is known. One that has become shorter was written anew.
  const bytes = Buffer.from(text)
  const added = was === undefined || bytes.length < was.size ? text : bytes.subarray(was.size).toString()
  return added.split('\n')
}

/** `OLD NEW WHO WHEN\tWHY`; zeros stand for nothing. */
function idsOf(line: string): readonly string[] {
  const [, ...ids] = /^([0-9a-f]{40}|[0-9a-f]{64}) ([0-9a-f]{40}|[0-9a-f]{64})(?=\s|$)/i.exec(line) ?? []
  return ids.map((id) => id.toLowerCase()).filter((id) => !/^0+$/.test(id))
}

/** Takes the lines out that lead to these commits, and were not there before. */
export function clearLogs(before: Logs, after: Logs, ids: ReadonlySet<string>): void {
  for (const { path, was, text } of changedLogs(before, after)) {
    const bad = new Set(addedLines(was, text).filter((line) => idsOf(line).some((id) => ids.has(id))))
    if (bad.size === 0) continue
    const now = readText(path, mostBytes)
    if (now === undefined) throw new LedElsewhere(path)
    replaceFile(
      path,
      now
        .split('\n')
        .filter((line) => !bad.has(bytesOf(line).toString()))
        .join('\n'),
    )
  }
}
