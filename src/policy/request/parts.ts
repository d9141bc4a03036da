import { resolve } from 'node:path/posix'
import { type GitRequest, gitRequests } from '../shell/git.ts'
import { parseCommands, readArgv } from '../shell/reading.ts'
import type { FileAccess, ShellReading, SimpleCommand, Undecidable } from '../shell/shell-reading.ts'
import { printWords } from '../shell/words.ts'
import type { Request } from '../types.ts'

/** What a shell text asks for, one thing at a time. */
export interface RequestParts {
  /** Every simple command, every file that it opens by itself, every change of a branch or tag. */
  readonly parts: readonly Request[]
  /** Set if something could run that is not among the parts. */
  readonly unread?: Undecidable
  /** What a program runs by its own means: a Deny or an Ask of it counts, and it needs no Allow. */
  readonly carried?: Carried
}

export type Carried = NonNullable<ShellReading['carried']>

export interface PartsPlace {
  readonly root: string
  readonly home: string
}

export function partsOf(request: Request, place: PartsPlace): RequestParts {
  const reading = readRequest(request)
  const sole = soleCommand(reading)
  if (sole === undefined) return partsOfReading(reading, request, place)
  return { parts: [sole.words === request.words ? request : commandPart(sole, request)] }
}

export function readRequest({ words, target }: Request): ShellReading {
  return words ? readArgv(words) : parseCommands(target)
}

/** The one thing that is asked for, if it is a command and nothing else: by far the most texts are such. */
export function soleCommand(reading: ShellReading): SimpleCommand | undefined {
  const { commands, files, undecidable, carried } = reading
  const command = commands.length === 1 ? commands[0] : undefined
  if (command === undefined || files.length > 0 || undecidable || carried) return undefined
  return gitRequests(command).length === 0 ? command : undefined
}

export function partsOfReading(reading: ShellReading, request: Request, place: PartsPlace): RequestParts {
  const { commands, files, undecidable, carried } = reading
  const parts = commands.map((command) => commandPart(command, request))
  for (const file of files) parts.push(filePart(file, request, place))
  for (const command of commands)
    for (const git of gitRequests(command)) parts.push(gitPart(git, request, place))
  if (carried)
    for (const command of carried.commands)
      for (const git of gitRequests(command)) parts.push(gitPart(git, request, place))
  if (undecidable) return { parts, unread: undecidable, ...(carried && { carried }) }
  if (carried) return parts.length > 0 ? { parts, carried } : { ...partsOfNothing(request), carried }
  return parts.length > 0 ? { parts } : partsOfNothing(request)
}

/** `x=1`, `[[ -f x ]]`: what only the shell itself does is decided like `true`, which does as little. */
function partsOfNothing(request: Request): RequestParts {
  if (request.target.trim() === '')
    return { parts: [], unread: { text: request.target, reason: 'it runs nothing' } }
  return { parts: [{ ...request, words: ['true'] }] }
}

export function commandPart({ text, words }: SimpleCommand, request: Request): Request {
  return { ...request, target: text ?? printWords(words), words }
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
  const { words: _, attributes: __, ...asked } = request
  return asked
}
