import { join } from 'node:path'
import {
  CodeActionKind,
  type Connection,
  createConnection,
  type InitializeParams,
  type InitializeResult,
  MarkupKind,
  PositionEncodingKind,
  TextDocumentSyncKind,
  TextDocuments,
} from 'vscode-languageserver/node'
import { TextDocument } from 'vscode-languageserver-textdocument'
import { debounce, type Later } from '../ops/debounce.ts'
import { packageRoot, readVersion } from '../shared/package.ts'
import { createAnswers } from './answers.ts'
import { createCodePages } from './code-page.ts'
import { keepWatch } from './disk.ts'
import { findFindings } from './findings.ts'
import { createPublisher } from './publish.ts'
import { createWorkspace, pathOf } from './workspace.ts'

export interface ServerOptions {
  readonly env: NodeJS.ProcessEnv
  /** Resolved. */
  readonly home: string
  readonly later?: Later
}

/** Short enough not to be felt, long enough for a burst of changes to be one check. */
const afterKey = { quiet: 3, most: 200 }
/** What the rules mean can wait for a pause. */
const afterPause = { quiet: 150, most: 2_000 }

/** Speaks the language server protocol on stdin and stdout until the editor says that it is over. */
export function serveEditor({ env, home, later }: ServerOptions): Promise<never> {
  const connection = createConnection(process.stdin, process.stdout)
  const documents = new TextDocuments(TextDocument)
  const workspace = createWorkspace({ home, packs: join(packageRoot, 'specs'), find: findFindings })
  const publish = createPublisher(workspace, createCodePages())
  const timing = later && { later }
  const check = debounce(guarded(connection, checkNow), { ...afterKey, ...timing })
  const analysis = debounce(guarded(connection, analyzeNow), { ...afterPause, ...timing })
  const watch = keepWatch(workspace, home, {
    onChange: () => forgetDisk(),
    onFailure: ({ message, hint }) =>
      connection.console.warn(`${message}; files are looked at when one is saved: ${hint}`),
  })
  let client: InitializeParams['capabilities'] = {}

  connection.onInitialize((params): InitializeResult => {
    client = params.capabilities
    workspace.setFolders(foldersOf(params))
    return { capabilities, serverInfo: { name: 'oos', version: readVersion() } }
  })
  connection.onInitialized(() => {
    if (client.workspace?.workspaceFolders) followFolders()
    check.call()
  })
  documents.onDidOpen(({ document }) => {
    if (workspace.open(document)) forgetDisk()
  })
  documents.onDidChangeContent(({ document }) => {
    if (workspace.isSpec(document.uri)) check.call()
  })
  documents.onDidSave(({ document }) => {
    if (workspace.isSpec(document.uri)) forgetDisk()
  })
  documents.onDidClose(({ document }) => {
    if (!workspace.isSpec(document.uri)) return
    workspace.close(document.uri)
    forgetDisk()
  })
  const answers = createAnswers(workspace, env)
  connection.onHover((params) => answers.hover(params, markupOf(client)))
  connection.onCompletion(answers.completion)
  connection.onDefinition(answers.definition)
  connection.onCodeAction(answers.codeActions)
  documents.listen(connection)
  connection.listen()
  return new Promise(() => {})

  function checkNow(): void {
    watch.follow()
    for (const member of workspace.members()) member.stop()
    for (const params of publish()) connection.sendDiagnostics(params)
    analysis.call()
  }

  function analyzeNow(): void {
    for (const member of workspace.members())
      member.analyze((failure) => {
        if (failure) connection.console.warn(`what the rules mean was not found out: ${failure.message}`)
        for (const params of publish()) connection.sendDiagnostics(params)
      })
  }

  function forgetDisk(): void {
    for (const member of workspace.members()) member.forgetDisk()
    check.call()
  }

  function followFolders(): void {
    connection.workspace.onDidChangeWorkspaceFolders(async () => {
      const folders = (await connection.workspace.getWorkspaceFolders()) ?? []
      workspace.setFolders(folders.flatMap(({ uri }) => pathOf(uri) ?? []))
      check.call()
    })
  }
}

const capabilities: InitializeResult['capabilities'] = {
  positionEncoding: PositionEncodingKind.UTF16,
  textDocumentSync: { openClose: true, change: TextDocumentSyncKind.Incremental, save: true },
  hoverProvider: true,
  completionProvider: { triggerCharacters: ['*', '`', ':', '@', '{', ',', '/', ' '] },
  definitionProvider: true,
  codeActionProvider: { codeActionKinds: [CodeActionKind.QuickFix] },
  workspace: { workspaceFolders: { supported: true, changeNotifications: true } },
}

function foldersOf({ workspaceFolders, rootUri }: InitializeParams): readonly string[] {
  const uris = workspaceFolders?.map(({ uri }) => uri) ?? (rootUri ? [rootUri] : [])
  return uris.flatMap((uri) => pathOf(uri) ?? [])
}

function markupOf({ textDocument }: InitializeParams['capabilities']): MarkupKind {
  const formats = textDocument?.hover?.contentFormat ?? []
  return formats.includes(MarkupKind.Markdown) ? MarkupKind.Markdown : MarkupKind.PlainText
}

/** A fault of ours is told, and the next key is another try. */
function guarded(connection: Connection, work: () => void): () => void {
  return () => {
    try {
      work()
    } catch (error) {
      connection.console.error(error instanceof Error ? (error.stack ?? error.message) : String(error))
    }
  }
}
