import { closeSync, constants, fstatSync, openSync, readFileSync, readSync } from 'node:fs'
import { onDisk } from '../shared/bytes.ts'
import { leadsTo } from './held.ts'

/** Not through a link, and nothing that would wait for a writer. */
export function readPlainFile(file: string, most = 1_000_000): string | undefined {
  return withPlainFile(file, wholeBelow(most))?.toString('utf8')
}

/** Nor through one on the way to it: what is read here may be written again where the run reads it. */
export function readPlainBytes(file: string, most: number): Buffer | undefined {
  return withPlainFile(file, onItsWay(file, wholeBelow(most)))
}

/** As much of it as that, where it is longer. */
export function readPlainStart(file: string, length: number): Buffer | undefined {
  const start: Reader = (descriptor) => {
    const bytes = Buffer.alloc(length)
    return bytes.subarray(0, readSync(descriptor, bytes, 0, length, 0))
  }
  return withPlainFile(file, onItsWay(file, start))
}

type Reader = (descriptor: number, size: number) => Buffer | undefined

function wholeBelow(most: number): Reader {
  return (descriptor, size) => (size < most ? readFileSync(descriptor) : undefined)
}

function onItsWay(file: string, read: Reader): Reader {
  return (descriptor, size) => (leadsTo(descriptor, file) ? read(descriptor, size) : undefined)
}

function withPlainFile(file: string, read: Reader): Buffer | undefined {
  let descriptor: number | undefined
  try {
    descriptor = openSync(onDisk(file), constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK)
    const stats = fstatSync(descriptor)
    return stats.isFile() ? read(descriptor, stats.size) : undefined
  } catch {
    return undefined
  } finally {
    if (descriptor !== undefined) closeSync(descriptor)
  }
}
