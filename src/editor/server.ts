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
import { packageRoot, readVersion } from '../shared/package.ts'
import { createAnswers } from './answers.ts'
import { type Checks, createChecks } from './checks.ts'
import { createCodePages } from './code-page.ts'
import { findFindings } from './findings.ts'
import { createPublisher } from './publish.ts'
import { createWorkspace, pathOf, type Workspace } from './workspace.ts'

export interface ServerOptions {
  readonly env: NodeJS.ProcessEnv
  /** Resolved. */
  readonly home: string
}

/** Speaks the language server protocol on stdin and stdout until the editor says that it is over. */
export function serveEditor({ env, home }: ServerOptions): Promise<never> {
  const connection = createConnection(process.stdin, process.stdout)
  const workspace = createWorkspace({ home, packs: join(packageRoot, 'specs'), find: findFindings })
  const publish = createPublisher(workspace, createCodePages())
  const checks = createChecks(connection, workspace, { home, publish })
  const answers = createAnswers(workspace, env)
  let client: InitializeParams['capabilities'] = {}

  connection.onInitialize((params): InitializeResult => {
    client = params.capabilities
    workspace.setFolders(foldersOf(params))
    return { capabilities, serverInfo: { name: 'oos', version: readVersion() } }
  })
  connection.onInitialized(() => {
    if (client.workspace?.workspaceFolders) followFolders(connection, workspace, checks)
    checks.check()
  })
  connection.onHover((params) => answers.hover(params, markupOf(client)))
  connection.onCompletion(answers.completion)
  connection.onDefinition(answers.definition)
  connection.onCodeAction(answers.codeActions)
  followDocuments(connection, workspace, checks)
  connection.listen()
  return new Promise(() => {})
}

function followDocuments(connection: Connection, workspace: Workspace, checks: Checks): void {
  const documents = new TextDocuments(TextDocument)
  documents.onDidOpen(({ document }) => {
    if (workspace.open(document)) checks.lookAgain()
  })
  documents.onDidChangeContent(({ document }) => {
    if (workspace.isSpec(document.uri)) checks.check()
  })
  documents.onDidSave(({ document }) => {
    if (workspace.isSpec(document.uri)) checks.lookAgain()
  })
  documents.onDidClose(({ document }) => {
    if (!workspace.isSpec(document.uri)) return
    workspace.close(document.uri)
    checks.lookAgain()
  })
  documents.listen(connection)
}

function followFolders({ workspace: editor }: Connection, workspace: Workspace, checks: Checks): void {
  editor.onDidChangeWorkspaceFolders(async () => {
    const folders = (await editor.getWorkspaceFolders()) ?? []
    workspace.setFolders(folders.flatMap(({ uri }) => pathOf(uri) ?? []))
    checks.check()
  })
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
