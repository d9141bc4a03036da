import { join } from 'node:path'
import { TextDocument } from 'vscode-languageserver-textdocument'
import { type Cursor, createCursor } from '../../src/editor/cursor.ts'
import { createUnderstanding } from '../../src/editor/specs.ts'
import { readFindings } from '../../src/ops/check/findings.ts'
import type { Diagnostic } from '../../src/shared/diagnostics.ts'
import { extensionsWithHoles } from '../../src/spec/holes.ts'
import { readSources } from '../../src/spec/read.ts'
import { source } from '../spec/sources.ts'

const packs = join(import.meta.dirname, '../../specs')
const place = { root: '/project', home: '/home/ada' }
const shipped = readSources({ home: '/nonexistent', packs }).sources

/** The specs as an editor has them; `▮` marks the point in one of them and is no part of it. */
export function cursorIn(files: Readonly<Record<string, string>> | string): Cursor {
  const texts = Object.entries(typeof files === 'string' ? { '.agent-os/AGENT.md': files } : files)
  const [file, marked] = texts.find(([, text]) => text.includes('▮')) ?? texts[0] ?? ['', '']
  const at = Math.max(0, marked.indexOf('▮'))
  const sources = texts.map(([path, text]) => source(path, text.replace('▮', '')))
  const snapshot = createUnderstanding(place)({ sources: [...shipped, ...sources], diagnostics: [] })
  const document = TextDocument.create('file:///x.md', 'markdown', 1, marked.replace('▮', ''))
  return createCursor(snapshot, { file, text: document.getText() }, { position: document.positionAt(at), at })
}

export function findingsOf({ snapshot }: Cursor): readonly Diagnostic[] {
  const { rules, agents, specs } = snapshot.set
  return readFindings({ rules, agents, holes: extensionsWithHoles(specs), ...place })
}

/** What the editor makes of a text. */
export function edited(text: string, edits: Parameters<typeof TextDocument.applyEdits>[1]): string {
  return TextDocument.applyEdits(TextDocument.create('file:///x.md', 'markdown', 1, text), edits)
}
