import { replaceFile } from './ref-files.ts'
import { mostBytes, readText } from './refs.ts'
import type { Snapshot } from './snapshot.ts'

type Logs = Snapshot['logs']

/** The ids that came into the logs of what refs were before: `main@{1}` leads to them, and `stash@{1}`. */
export function newLogIds(before: Logs, after: Logs): readonly string[] {
  const ids = changedLogs(before, after).flatMap((path) => {
    const text = readText(path, mostBytes) ?? ''
    const size = before.get(path)?.size ?? 0
    // One that has become shorter was written anew.
    const added = text.length > size ? text.slice(size) : text
    return added.split('\n').flatMap(idsOf)
  })
  return [...new Set(ids)]
}

function changedLogs(before: Logs, after: Logs): readonly string[] {
  return [...after.keys()].filter((path) => after.get(path)?.stamp !== before.get(path)?.stamp)
}

/** `OLD NEW WHO WHEN\tWHY`; zeros stand for nothing. */
function idsOf(line: string): readonly string[] {
  const [, ...ids] = /^([0-9a-f]{40}|[0-9a-f]{64}) ([0-9a-f]{40}|[0-9a-f]{64})(?=\s|$)/i.exec(line) ?? []
  return ids.map((id) => id.toLowerCase()).filter((id) => !/^0+$/.test(id))
}

/** Takes the lines out that lead to these commits. */
export function clearLogs(before: Logs, after: Logs, ids: ReadonlySet<string>): void {
  for (const path of changedLogs(before, after)) {
    const lines = (readText(path, mostBytes) ?? '').split('\n')
    const kept = lines.filter((line) => !idsOf(line).some((id) => ids.has(id)))
    if (kept.length < lines.length) replaceFile(path, kept.join('\n'))
  }
}
