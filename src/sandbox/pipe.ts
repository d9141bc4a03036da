import { spawnSync } from 'node:child_process'
import { constants, existsSync, mkdtempSync, openSync, rmSync } from 'node:fs'
import { Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Readable } from 'node:stream'
import type { OutputName } from './output.ts'

/** The ways of a command's two outputs to oos. */
export interface OutputPipes {
  readonly readers: Readonly<Record<OutputName, Readable>>
  /** Descriptors for the command; to be closed here as soon as it has them. */
  readonly writers: Readonly<Record<OutputName, number>>
}

const { O_NONBLOCK, O_RDONLY, O_WRONLY } = constants
const reading = O_RDONLY | O_NONBLOCK
const mkfifo = '/usr/bin/mkfifo'

/**
 * Pipes of the kernel's own. What Node gives a child as a pipe is a socket, and on a socket nobody can open
 * `/dev/stderr`. Node cannot make a pipe: a named one is made, opened and removed. Nothing where that does not work.
 */
export function openOutputPipes(): OutputPipes | undefined {
  if (!existsSync(mkfifo)) return undefined
  let folder: string | undefined
  try {
    folder = mkdtempSync(join(tmpdir(), 'oos-output-'))
    const paths = { stdout: join(folder, '1'), stderr: join(folder, '2') }
    const made = spawnSync(mkfifo, ['-m', '0600', paths.stdout, paths.stderr], { stdio: 'ignore', env: {} })
    if (made.status !== 0) return undefined
    // The reading ends first, which need not wait for the others.
    const fds = { stdout: openSync(paths.stdout, reading), stderr: openSync(paths.stderr, reading) }
    const writers = { stdout: openSync(paths.stdout, O_WRONLY), stderr: openSync(paths.stderr, O_WRONLY) }
    return { readers: { stdout: readerOf(fds.stdout), stderr: readerOf(fds.stderr) }, writers }
  } catch {
    return undefined
  } finally {
    if (folder !== undefined) rmSync(folder, { recursive: true, force: true })
  }
}

const readerOf = (fd: number) => new Socket({ fd, readable: true, writable: false })
