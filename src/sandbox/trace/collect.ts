import { createCallReader } from './call.ts'
import { type Act, type FolderOf, type Touch, touchesOf } from './touches.ts'

/** What was done with one path, by however many calls. */
export interface CountedTouch {
  readonly act: Act
  readonly path: string
  readonly real?: string
  readonly folder?: true
  /** `refused`: the kernel said no. `absent`: it was not there. `there`: it was, and so was not made. */
  readonly outcome: 'done' | 'refused' | 'absent' | 'there'
  readonly count: number
}

export interface Trace {
  readonly touches: readonly CountedTouch[]
  /** Calls that were not kept, since there were too many different ones. */
  readonly lost: number
  /** Whether it goes to the end of the run. */
  readonly complete: boolean
}

export interface Collector {
  readonly line: (text: string) => void
  readonly trace: () => Omit<Trace, 'complete'>
}

export interface CollectOptions {
  /** Threads whose calls are not the command's. */
  readonly isOutside: (thread: number) => boolean
  /** Asked of the machine where the trace does not say it: the working folder of a thread that is alive. */
  readonly askFolder: FolderOf
  readonly most?: Amount
}

interface Amount {
  readonly paths: number
  /** Of all of them together: each may have 4,096. */
  readonly characters: number
}

/** A program can try any number of names: what is kept has an end. */
const usualMost: Amount = { paths: 200_000, characters: 32_000_000 }

/** Counts what the lines of strace tell, so that a run of hours takes no more room than its different paths. */
export function createCollector({ isOutside, askFolder, most = usualMost }: CollectOptions): Collector {
  const reader = createCallReader()
  const folders = new Map<number, string>()
  const counted = new Map<string, { -readonly [Key in keyof CountedTouch]: CountedTouch[Key] }>()
  let lost = 0
  let characters = 0
  // What a thread says itself is older than what it is asked now, unless it has ended.
  const folderOf: FolderOf = (thread) => askFolder(thread) ?? folders.get(thread)

  function add(touch: Touch): void {
    const outcome = outcomeOf(touch)
    if (outcome === undefined) return
    const { act, path, real, folder } = touch
    const key = `${outcome} ${act} ${folder === true ? 'folder' : ''} ${path}`
    const known = counted.get(key)
    if (known !== undefined) known.count += 1
    else if (counted.size >= most.paths || characters + key.length > most.characters) lost += 1
    else {
      characters += key.length
      const led = real === undefined || real === path ? {} : { real }
      counted.set(key, { act, path, ...led, ...(folder === true && { folder }), outcome, count: 1 })
    }
  }

  return {
    line: (text) => {
      const call = reader.read(text)
      if (call === undefined || isOutside(call.thread)) return
      const said = call.args.find(({ text: name }) => name === 'AT_FDCWD')?.at
      if (said !== undefined) folders.set(call.thread, said)
      for (const touch of touchesOf(call, folderOf)) add(touch)
    },
    trace: () => ({ touches: [...counted.values()], lost }),
  }
}

/** Other errors say nothing about rules: a name that is too long, a folder that is not empty. */
function outcomeOf({ error, act, folder }: Touch): CountedTouch['outcome'] | undefined {
  if (error === undefined) return 'done'
  if (error === 'EACCES' || error === 'EPERM' || error === 'EROFS') return 'refused'
  if (error === 'EEXIST') return act === 'create' && folder === true ? 'there' : undefined
  return error === 'ENOENT' ? 'absent' : undefined
}
