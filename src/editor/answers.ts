import {
  type CodeAction,
  CodeActionKind,
  type CodeActionParams,
  type CompletionList,
  type Hover,
  type Location,
  type MarkupKind,
  type TextDocumentPositionParams,
} from 'vscode-languageserver'
import { type CoveredLine, coverLines } from '../ops/points/coverage.ts'
import { readFacts } from '../sandbox/facts.ts'
import type { MachineFacts } from '../sandbox/types.ts'
import { actionsAt } from './code-actions.ts'
import { completionAt } from './completion.ts'
import { definitionAt } from './definition.ts'
import { toEditorDiagnostic } from './diagnostics.ts'
import { hoverAt } from './hover.ts'
import { listFolder } from './list-folder.ts'
import { toRange } from './positions.ts'
import type { Snapshot } from './specs.ts'
import type { Workspace } from './workspace.ts'

/** What an editor asks, answered of the text as it is typed by now. */
export interface Answers {
  hover(params: TextDocumentPositionParams, kind: MarkupKind): Hover | null
  completion(params: TextDocumentPositionParams): CompletionList | null
  definition(params: TextDocumentPositionParams): Location[]
  codeActions(params: CodeActionParams): CodeAction[]
}

export function createAnswers(workspace: Workspace, env: NodeJS.ProcessEnv): Answers {
  const machines = new Map<string, MachineFacts>()
  const covered = new WeakMap<Snapshot, readonly CoveredLine[]>()
  return {
    hover({ textDocument, position }, kind) {
      const found = workspace.cursorAt(textDocument.uri, position)
      if (found === undefined || found.cursor.snapshot.isTooLarge) return null
      const { snapshot } = found.cursor
      const root = snapshot.root ?? snapshot.home
      const facts = machines.get(root) ?? readFacts(env, { root })
      machines.set(root, facts)
      const machine = { ...facts, now: Date.now() }
      const { set, home } = snapshot
      const lines = covered.get(snapshot) ?? coverLines({ set, root, home, machine })
      covered.set(snapshot, lines)
      const hover = hoverAt(found.cursor, lines, machine)
      return hover === undefined ? null : { contents: { kind, value: hover.markdown }, range: hover.range }
    },
    completion({ textDocument, position }) {
      const found = workspace.cursorAt(textDocument.uri, position)
      if (found === undefined) return null
      const { root } = found.member
      return completionAt(found.cursor, (folder) => (root === undefined ? [] : listFolder(root, folder)))
    },
    definition({ textDocument, position }) {
      const found = workspace.cursorAt(textDocument.uri, position)
      if (found === undefined) return []
      const { cursor, member } = found
      return definitionAt(cursor, member.findings()).flatMap((place) => {
        const uri = workspace.uriOf(member, place.file)
        return uri === undefined
          ? []
          : [{ uri, range: toRange(place, place.file === cursor.file ? cursor.mark : 0) }]
      })
    },
    codeActions({ textDocument: { uri }, range, context }) {
      const found = workspace.cursorAt(uri, range.start)
      if (found === undefined || !(context.only ?? [CodeActionKind.QuickFix]).some(isQuickFix)) return []
      const { cursor, member } = found
      const places = {
        uriOf: (file: string) => workspace.uriOf(member, file),
        markOf: () => cursor.mark,
        pageOf: () => undefined,
      }
      return actionsAt(cursor, range).map(({ title, edit, fixes }) => ({
        title,
        kind: CodeActionKind.QuickFix,
        ...(fixes && { isPreferred: true, diagnostics: [toEditorDiagnostic(fixes, places)] }),
        edit: { changes: { [uri]: [edit] } },
      }))
    },
  }
}

function isQuickFix(kind: string): boolean {
  return kind === '' || kind === CodeActionKind.QuickFix
}
