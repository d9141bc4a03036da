import { type ChildProcess, spawn } from 'node:child_process'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import {
  type ClientCapabilities,
  type CodeAction,
  CodeActionRequest,
  type CompletionList,
  CompletionRequest,
  createProtocolConnection,
  DefinitionRequest,
  type Diagnostic,
  DidChangeTextDocumentNotification,
  DidChangeWorkspaceFoldersNotification,
  DidCloseTextDocumentNotification,
  DidOpenTextDocumentNotification,
  DidSaveTextDocumentNotification,
  ExitNotification,
  HoverRequest,
  InitializedNotification,
  InitializeRequest,
  type Location,
  type MarkupContent,
  PublishDiagnosticsNotification,
  type PublishDiagnosticsParams,
  ShutdownRequest,
  StreamMessageReader,
  StreamMessageWriter,
  type TextDocumentContentChangeEvent,
  type TextEdit,
  WorkspaceFoldersRequest,
} from 'vscode-languageserver-protocol/node'
import { TextDocument } from 'vscode-languageserver-textdocument'
import { executable } from './oos.ts'

const capabilities: ClientCapabilities = {
  textDocument: { hover: { contentFormat: ['markdown', 'plaintext'] }, publishDiagnostics: {} },
  workspace: { workspaceFolders: true },
}

/** An editor: the built program on the other side of two pipes, spoken to as the protocol says. */
export async function startEditor({
  home,
  folders = [],
}: {
  readonly home: string
  readonly folders?: readonly string[]
}) {
  const child: ChildProcess = spawn(process.execPath, [executable, 'lsp', '--stdio'], {
    env: { ...process.env, HOME: home },
    stdio: ['pipe', 'pipe', 'inherit'],
  })
  const ended = new Promise<number | null>((resolve) => child.once('exit', resolve))
  if (child.stdout === null || child.stdin === null) throw new Error('no pipes')
  const connection = createProtocolConnection(
    new StreamMessageReader(child.stdout),
    new StreamMessageWriter(child.stdin),
  )
  connection.listen()
  let workspaceFolders = folders.map(folderOf)
  const waiting = new Set<(params: PublishDiagnosticsParams) => void>()
  const last = new Map<string, PublishDiagnosticsParams>()
  connection.onNotification(PublishDiagnosticsNotification.type, (params) => {
    last.set(params.uri, params)
    for (const each of waiting) each(params)
  })
  connection.onRequest(WorkspaceFoldersRequest.type, () => workspaceFolders)
  const answer = await connection.sendRequest(InitializeRequest.type, {
    processId: process.pid,
    rootUri: null,
    capabilities,
    workspaceFolders,
  })
  await connection.sendNotification(InitializedNotification.type, {})

  /** What is told of a file, now or later, once it fits. */
  const told = (uri: string, fits: (params: PublishDiagnosticsParams) => boolean) =>
    new Promise<readonly Diagnostic[]>((resolve) => {
      const look = (params: PublishDiagnosticsParams) => {
        if (params.uri !== uri || !fits(params)) return
        waiting.delete(look)
        resolve(params.diagnostics)
      }
      waiting.add(look)
      const known = last.get(uri)
      if (known) look(known)
    })

  return {
    child,
    ended,
    capabilities: answer.capabilities,
    told,
    async setFolders(next: readonly string[]) {
      const event = {
        added: next.filter((path) => !folders.includes(path)).map(folderOf),
        removed: folders.filter((path) => !next.includes(path)).map(folderOf),
      }
      workspaceFolders = next.map(folderOf)
      await connection.sendNotification(DidChangeWorkspaceFoldersNotification.type, { event })
    },
    async open(path: string, text: string) {
      const uri = pathToFileURL(path).href
      let document = TextDocument.create(uri, 'markdown', 1, text)
      const { languageId, version } = document
      await connection.sendNotification(DidOpenTextDocumentNotification.type, {
        textDocument: { uri, languageId, version, text },
      })
      const textDocument = { uri }
      const at = (mark: string) => document.positionAt(document.getText().indexOf(mark))
      return {
        uri,
        text: () => document.getText(),
        /** The diagnostics of the text as it is now, as `line:column code`. */
        async faults(fits: (codes: readonly string[]) => boolean = () => true) {
          const shown = await told(
            uri,
            (params) => params.version === document.version && fits(params.diagnostics.map(codeOf)),
          )
          return shown.map((each) => `${each.range.start.line}:${each.range.start.character} ${each.code}`)
        },
        async edit(changes: readonly TextDocumentContentChangeEvent[]) {
          document = TextDocument.update(document, [...changes], document.version + 1)
          await connection.sendNotification(DidChangeTextDocumentNotification.type, {
            textDocument: { uri, version: document.version },
            contentChanges: [...changes],
          })
        },
        async apply(action: CodeAction) {
          const edits: readonly TextEdit[] = action.edit?.changes?.[uri] ?? []
          await this.edit(edits.map(({ range, newText }) => ({ range, text: newText })))
        },
        async save() {
          await connection.sendNotification(DidSaveTextDocumentNotification.type, { textDocument })
        },
        async close() {
          await connection.sendNotification(DidCloseTextDocumentNotification.type, { textDocument })
        },
        async hover(mark: string): Promise<string | undefined> {
          const hover = await connection.sendRequest(HoverRequest.type, { textDocument, position: at(mark) })
          return (hover?.contents as MarkupContent | undefined)?.value
        },
        async complete(mark: string): Promise<readonly string[]> {
          const position = document.positionAt(document.getText().indexOf(mark) + mark.length)
          const list = await connection.sendRequest(CompletionRequest.type, { textDocument, position })
          return (list as CompletionList).items.map(({ label }) => label)
        },
        async definition(mark: string): Promise<readonly string[]> {
          const found = await connection.sendRequest(DefinitionRequest.type, {
            textDocument,
            position: at(mark),
          })
          return (found as Location[]).map(({ uri: target, range }) => `${target}#${range.start.line + 1}`)
        },
        async actions(mark: string): Promise<readonly CodeAction[]> {
          const range = { start: at(mark), end: at(mark) }
          const found = await connection.sendRequest(CodeActionRequest.type, {
            textDocument,
            range,
            context: { diagnostics: [] },
          })
          return (found ?? []) as CodeAction[]
        },
      }
    },
    async shutdown() {
      await connection.sendRequest(ShutdownRequest.type)
    },
    async exit() {
      await connection.sendNotification(ExitNotification.type)
      return ended
    },
  }
}

function codeOf({ code }: Diagnostic): string {
  return String(code)
}

function folderOf(path: string) {
  return { uri: pathToFileURL(path).href, name: join(path) }
}
