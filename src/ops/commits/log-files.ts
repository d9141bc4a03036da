import { constants, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { onDisk } from '../../shared/bytes.ts'
import { entriesOf, isTooLong, mostBytes, stampOf } from './refs.ts'

/** What a ref was before, line by line. */
export interface LogFile {
  readonly size: number
  readonly stamp: string
  /** As UTF-8, whether it is or not: ids are. Not kept for a check that a later run makes up for. */
  readonly text?: string | undefined
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
  const size = Number(stamp.split(':')[1] ?? 0)
  try {
    return size < mostBytes ? { stamp, size, text: readFileSync(onDisk(path), quickly) } : undefined
  } catch {
    return undefined
  }
}

/** Not through a link, and in one call: there is a log for each ref. */
const quickly = {
  encoding: 'utf8',
  // The types know no flags but by name.
  flag: (constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK) as unknown as string,
} as const
