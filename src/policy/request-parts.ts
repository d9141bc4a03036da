import { resolve } from 'node:path/posix'
import { type GitRequest, gitRequests } from './shell/git.ts'
import { parseCommands, readArgv } from './shell/reading.ts'
import type { FileAccess, ShellReading, Undecidable } from './shell/types.ts'
import type { Request } from './types.ts'

/** What a shell text asks for, one thing at a time. */
export interface RequestParts {
  /** Every simple command, every file that it opens by itself, every change of a branch or tag. */
  readonly parts: readonly Request[]
  /** Set if something could run that is not among the parts. */
  readonly unread?: Undecidable
}

export interface PartsPlace {
  readonly root: string
  readonly home: string
}

export function partsOf(request: Request, place: PartsPlace): RequestParts {
  const reading = request.words ? readArgv(request.words) : parseCommands(request.target)
  if (isOneCommand(reading, request)) return { parts: [request] }
  const parts = reading.commands.map(
    (command): Request => ({ ...request, target: command.text, words: command.words }),
  )
  for (const file of reading.files) parts.push(filePart(file, request, place))
  for (const command of reading.commands)
    for (const git of gitRequests(command)) parts.push(gitPart(git, request, place))
  if (reading.undecidable) return { parts, unread: reading.undecidable }
  return parts.length > 0 ? { parts } : { parts, unread: { text: request.target, reason: 'it runs nothing' } }
}

/** Words that run one program and nothing else are their own only part: by far the most are such. */
function isOneCommand({ commands, files, undecidable }: ShellReading, request: Request): boolean {
  const [command] = commands
  if (command === undefined || commands.length > 1 || files.length > 0 || undecidable) return false
  return command.words === request.words && gitRequests(command).length === 0
}

function filePart({ path, action }: FileAccess, request: Request, { root, home }: PartsPlace): Request {
  const cwd = request.cwd ?? root
  const target = resolve(
    cwd,
    path.replace(/^~(?=\/|$)/, () => home),
  )
  return { ...askedBy(request), resource: 'file', action, target, cwd }
}

function gitPart({ action, target, remote }: GitRequest, request: Request, { root }: PartsPlace): Request {
  const part = { ...askedBy(request), resource: 'git', action, target, cwd: request.cwd ?? root } as const
  return remote === undefined ? part : { ...part, attributes: { remote } }
}

/** Without what is about the command alone. */
function askedBy(request: Request): Request {
  if (request.words === undefined && request.attributes === undefined) return request
  const { words: _, attributes: __, ...asked } = request
  return asked
}
