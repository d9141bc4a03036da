import { resolve } from 'node:path/posix'
import { gitRequests } from './shell/git.ts'
import { parseCommands, readArgv } from './shell/reading.ts'
import type { ShellReading, SimpleCommand, Undecidable } from './shell/types.ts'
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
  const { words: _, attributes, ...asked } = request
  const context = { ...asked, cwd: asked.cwd ?? place.root }
  const commands = reading.commands.map((command): Request => {
    const part = { ...asked, target: command.text, words: command.words }
    return attributes ? { ...part, attributes } : part
  })
  const parts = [
    ...commands,
    ...fileParts(reading, context, place),
    ...reading.commands.flatMap((one) => gitParts(one, context)),
  ]
  const unread =
    reading.undecidable ??
    (parts.length > 0 ? undefined : { text: request.target, reason: 'it runs nothing' })
  return unread ? { parts, unread } : { parts }
}

/** Words that run one program and nothing else are their own only part: by far the most are such. */
function isOneCommand({ commands, files, undecidable }: ShellReading, request: Request): boolean {
  const [command] = commands
  if (command === undefined || commands.length > 1 || files.length > 0 || undecidable) return false
  return command.words === request.words && gitRequests(command).length === 0
}

type Context = Omit<Request, 'words' | 'attributes'> & { readonly cwd: string }

function fileParts({ files }: ShellReading, context: Context, { home }: PartsPlace): readonly Request[] {
  return files.map(({ path, action }) => {
    const target = resolve(
      context.cwd,
      path.replace(/^~(?=\/|$)/, () => home),
    )
    return { ...context, resource: 'file', action, target }
  })
}

function gitParts(command: SimpleCommand, context: Context): readonly Request[] {
  return gitRequests(command).map(({ action, target, remote }): Request => {
    const part = { ...context, resource: 'git', action, target } as const
    return remote === undefined ? part : { ...part, attributes: { remote } }
  })
}
