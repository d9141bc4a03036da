import type { Readable } from 'node:stream'

export interface Status {
  /** The command's exit code; none if it never started, or bubblewrap was killed. */
  readonly exitCode: number | undefined
}

/** Reads what bubblewrap says of itself, a JSON object a line, to its end. */
export async function readStatus(stream: Readable, started: (first: number) => void): Promise<Status> {
  let rest = ''
  let exitCode: number | undefined
  for await (const chunk of stream.setEncoding('utf8') as AsyncIterable<string>) {
    const lines = (rest + chunk).split('\n')
    rest = lines.pop() ?? ''
    for (const line of lines) {
      const said = JSON.parse(line) as Partial<Record<'child-pid' | 'exit-code', number>>
      if (said['child-pid'] !== undefined) started(said['child-pid'])
      exitCode = said['exit-code'] ?? exitCode
    }
  }
  return { exitCode }
}
