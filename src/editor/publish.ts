import {
  DiagnosticSeverity,
  type Diagnostic as EditorDiagnostic,
  type PublishDiagnosticsParams,
} from 'vscode-languageserver'
import { compareDiagnostics } from '../shared/diagnostics.ts'
import { type DiagnosticPlaces, toEditorDiagnostic } from './diagnostics.ts'
import { markLength } from './positions.ts'
import type { Member, Workspace } from './workspace.ts'

/** What the editor has to be told: of each file whose faults, or whose version, are others than the last time. */
export function createPublisher(
  workspace: Workspace,
  pageOf: DiagnosticPlaces['pageOf'],
): () => readonly PublishDiagnosticsParams[] {
  let last = new Map<string, string>()
  return () => {
    const found = new Map<string, PublishDiagnosticsParams>()
    for (const member of workspace.members())
      for (const one of diagnosticsOf(member, workspace, pageOf))
        found.set(one.uri, join(found.get(one.uri), one))
    const gone = [...last.keys()].filter((uri) => !found.has(uri)).map((uri) => ({ uri, diagnostics: [] }))
    const now = new Map([...found].map(([uri, params]) => [uri, JSON.stringify(params)]))
    const changed = [...found.values()].filter(({ uri }) => last.get(uri) !== now.get(uri))
    last = now
    return [...gone, ...changed]
  }
}

/** A file of the user's own is one of several projects: what two of them say alike is said once. */
function join(
  first: PublishDiagnosticsParams | undefined,
  second: PublishDiagnosticsParams,
): PublishDiagnosticsParams {
  const all = [...(first?.diagnostics ?? []), ...second.diagnostics]
  const distinct = new Map(all.map((diagnostic) => [JSON.stringify(diagnostic), diagnostic]))
  return { ...second, diagnostics: [...distinct.values()] }
}

function diagnosticsOf(
  member: Member,
  workspace: Workspace,
  pageOf: DiagnosticPlaces['pageOf'],
): readonly PublishDiagnosticsParams[] {
  const texts = workspace.textsOf(member)
  const snapshot = member.look(texts)
  const places = {
    uriOf: (file: string) => workspace.uriOf(member, file),
    markOf: (file: string) => markLength(texts.get(file) ?? ''),
    pageOf,
  }
  const all = [...snapshot.diagnostics, ...member.findings()].sort(compareDiagnostics)
  const byFile = Map.groupBy(all, ({ place }) => place.file)
  return [...new Set([...texts.keys(), ...byFile.keys()])].flatMap((file) => {
    const uri = places.uriOf(file)
    if (uri === undefined) return []
    const version = workspace.documentOf(member, file)?.version
    const shown = (byFile.get(file) ?? []).slice(0, mostShown).map((each) => toEditorDiagnostic(each, places))
    const tooLarge = snapshot.isTooLarge && version !== undefined ? [unread] : []
    return [{ uri, ...(version !== undefined && { version }), diagnostics: [...shown, ...tooLarge] }]
  })
}

/** Of one file; nobody reads more. */
const mostShown = 500

const unread: EditorDiagnostic = {
  range: { start: { line: 0, character: 0 }, end: { line: 0, character: 0 } },
  severity: DiagnosticSeverity.Warning,
  source: 'oos',
  message: 'the specs here are larger than 2 MB together, and not read while you type\nfix oos spec check',
}
