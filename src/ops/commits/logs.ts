import { textOf } from '../../shared/bytes.ts'
import type { LogFile } from './log-files.ts'
import { replaceFile } from './ref-files.ts'

type Logs = ReadonlyMap<string, LogFile>

/** The ids that came into the logs of what refs were before: `main@{1}` leads to them, and `stash@{1}`. */
export function newLogIds(before: Logs, after: Logs): readonly string[] {
  return [...new Set(changedLogs(before, after).flatMap(({ lines }) => lines.flatMap(idsOf)))]
}

interface ChangedLog {
  readonly path: string
  /** The ones that were not there before, wherever they stand. */
  readonly lines: readonly string[]
  readonly all: readonly string[]
}

function changedLogs(before: Logs, after: Logs): readonly ChangedLog[] {
  return [...after].flatMap(([path, { stamp, bytes }]): ChangedLog[] => {
    const was = before.get(path)
    if (was?.stamp === stamp || bytes === undefined) return []
    const all = textOf(bytes).split('\n')
    return [{ path, all, lines: addedLines(was, bytes) ?? all }]
  })
}

function addedLines(was: LogFile | undefined, bytes: Buffer): readonly string[] | undefined {
  if (was?.bytes !== undefined) {
    const known = new Set(textOf(was.bytes).split('\n'))
    return textOf(bytes)
      .split('\n')
      .filter((line) => !known.has(line))
  }
  // How long it was is all that is known. One that has become shorter was written anew.
  return was === undefined || bytes.length < was.size
    ? undefined
    : textOf(bytes.subarray(was.size)).split('\n')
}

/** `OLD NEW WHO WHEN\tWHY`; zeros stand for nothing. */
function idsOf(line: string): readonly string[] {
  const [, ...ids] = /^([0-9a-f]{40}|[0-9a-f]{64}) ([0-9a-f]{40}|[0-9a-f]{64})(?=\s|$)/i.exec(line) ?? []
  return ids.map((id) => id.toLowerCase()).filter((id) => !/^0+$/.test(id))
}

/** Takes the lines out that lead to these commits, and were not there before. */
export function clearLogs(before: Logs, after: Logs, ids: ReadonlySet<string>): void {
  for (const { path, lines, all } of changedLogs(before, after)) {
    const bad = new Set(lines.filter((line) => idsOf(line).some((id) => ids.has(id))))
    if (bad.size > 0) replaceFile(path, all.filter((line) => !bad.has(line)).join('\n'))
  }
}
