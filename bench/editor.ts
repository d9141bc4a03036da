import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import {
  createProtocolConnection,
  DidChangeTextDocumentNotification,
  DidOpenTextDocumentNotification,
  ExitNotification,
  InitializedNotification,
  InitializeRequest,
  PublishDiagnosticsNotification,
  ShutdownRequest,
  StreamMessageReader,
  StreamMessageWriter,
} from 'vscode-languageserver-protocol/node'
import type { Row } from './row.ts'

const executable = join(import.meta.dirname, '../bin/oos.js')
const warmUp = 30
const keys = 200

/** From a key in a spec of 20 KB to what is wrong with it, through the real program. */
export async function bench(): Promise<readonly Row[]> {
  const home = realpathSync(mkdtempSync(join(tmpdir(), 'oos-bench-editor-')))
  try {
    const file = join(home, 'project/.agent-os/AGENT.md')
    mkdirSync(join(home, 'project/.agent-os'), { recursive: true })
    const text = specText()
    writeFileSync(file, text)
    const times = (await typeInto(file, text, home)).slice(warmUp).sort((a, b) => a - b)
    const p95 = times[Math.floor(times.length * 0.95)] ?? 0
    const p50 = times[Math.floor(times.length / 2)] ?? 0
    return [
      {
        what: 'oos lsp: diagnostics after a key in a spec of 20 KB',
        must: 'p95 ≤ 30 ms',
        measured: `p95 ${p95.toFixed(0)} ms, p50 ${p50.toFixed(0)} ms`,
        peer: '',
        holds: p95 <= 30,
      },
    ]
  } finally {
    rmSync(home, { recursive: true, force: true })
  }
}

/** Types into the middle, a key at a time, and waits for each answer. */
async function typeInto(file: string, text: string, home: string): Promise<readonly number[]> {
  const env = { ...process.env, HOME: home, XDG_CACHE_HOME: join(home, 'cache') }
  const child = spawn(process.execPath, [executable, 'lsp', '--stdio'], {
    env,
    stdio: ['pipe', 'pipe', 'ignore'],
  })
  const editor = createProtocolConnection(
    new StreamMessageReader(child.stdout),
    new StreamMessageWriter(child.stdin),
  )
  editor.listen()
  const uri = pathToFileURL(file).href
  const answers = new Map<number, () => void>()
  editor.onNotification(PublishDiagnosticsNotification.type, ({ version = -1 }) => answers.get(version)?.())
  const answered = (version: number) => new Promise<void>((resolve) => answers.set(version, resolve))
  await editor.sendRequest(InitializeRequest.type, {
    processId: process.pid,
    rootUri: null,
    capabilities: {},
    workspaceFolders: null,
  })
  await editor.sendNotification(InitializedNotification.type, {})
  const opened = answered(0)
  await editor.sendNotification(DidOpenTextDocumentNotification.type, {
    textDocument: { uri, languageId: 'markdown', version: 0, text },
  })
  await opened
  const line = text.slice(0, text.length / 2).split('\n').length
  const times: number[] = []
  for (let version = 1; version <= warmUp + keys; version++) {
    const position = { line, character: Math.min(version, 3) }
    const shown = answered(version)
    const start = performance.now()
    await editor.sendNotification(DidChangeTextDocumentNotification.type, {
      textDocument: { uri, version },
      contentChanges: [{ range: { start: position, end: position }, text: 'x' }],
    })
    await shown
    times.push(performance.now() - start)
  }
  await editor.sendRequest(ShutdownRequest.type)
  const ended = once(child, 'exit')
  await editor.sendNotification(ExitNotification.type)
  await ended
  return times
}

/** Rules of every kind and prose between them, as people write. */
function specText(): string {
  const section = (index: number) => `## Part ${index}

What agents do here is read first: \`src/part-${index}\` belongs to **one** team, and its tests say what it promises.

- **Allow** \`file:src/part-${index}/**:read,write\` — the code of this part
- **Deny** \`file:**/secret-${index}.*:*\` except \`file:test/**:read\` — they stay with the team
- **Allow** \`http:api-${index}.example.com/v1/*:get\`
- **Ask** \`shell:deploy part-${index} *\` — a person looks

Never modify \`data/part-${index}.db\` directly.

`
  let text = '---\nextends: [oos:node, oos:secrets]\n---\n\n# Agents\n\n'
  for (let index = 0; text.length < 20 * 1024; index++) text += section(index)
  return text
}
