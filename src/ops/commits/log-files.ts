import { join } from 'node:path'
import { readPlainBytes } from '../../sandbox/git.ts'
import { entriesOf, isTooLong, mostBytes, stampOf } from './refs.ts'

/** What a ref was before, line by line. */
export interface LogFile {
  readonly size: number
  readonly stamp: string
  /** Not kept for a check that a later run makes up for. */
  readonly bytes?: Buffer | undefined
}

/** The logs of a `.git` folder, by path. What git would read in their place and is no such file counts as odd. */
export function readLogs(
  folder: string,
  odd: string[],
  known?: ReadonlyMap<string, LogFile>,
): readonly [string, LogFile][] {
  return walk('logs')

  function walk(name: string): readonly [string, LogFile][] {
    return entriesOf(join(folder, name), odd).flatMap((entry): readonly [string, LogFile][] => {
      const inside = `${name}/${entry.name}`
      const path = join(folder, inside)
      if (entry.isDirectory() && !isTooLong(inside)) return walk(inside)
      const log = entry.isFile() ? readLog(path, known?.get(path)) : undefined
      if (log !== undefined) return [[path, log]]
      odd.push(path)
      return []
    })
  }
}

function readLog(path: string, known: LogFile | undefined): LogFile | undefined {
  const stamp = stampOf(path) ?? ''
  if (stamp === known?.stamp) return known
  const bytes = readPlainBytes(path, mostBytes)
  return bytes === undefined ? undefined : { stamp, size: bytes.length, bytes }
}
