import { realpathSync } from 'node:fs'
import { fileURLToPath, pathToFileURL } from 'node:url'
import type { Position } from 'vscode-languageserver'
import type { TextDocument } from 'vscode-languageserver-textdocument'
import { findProjectRoot } from '../ops/project/root.ts'
import { type Cursor, createCursor } from './cursor.ts'
import type { FindFindings } from './findings.ts'
import { createProject, type EditorProject, type ProjectPlace } from './project.ts'
import { specFile, specPlaceOf } from './spec-place.ts'
import type { Snapshot } from './specs.ts'

export interface WorkspaceOptions {
  /** Resolved. */
  readonly home: string
  /** The folder of the specs that ship with oos. */
  readonly packs: string
  readonly find: FindFindings
}

/** A project that an open file or folder of the editor lies in; without a root the user's own specs alone. */
export interface Member extends EditorProject {
  readonly root?: string
  /** The root as the editor names it: through a link, maybe. */
  readonly base?: string
}

/** Which specs an editor has open, and of which projects. */
export interface Workspace {
  setFolders(folders: readonly string[]): void
  /** Whether it is a spec. */
  open(document: TextDocument): boolean
  close(uri: string): void
  isSpec(uri: string): boolean
  members(): readonly Member[]
  textsOf(member: Member): ReadonlyMap<string, string>
  /** Where the editor finds a file that oos shows by this path. */
  uriOf(member: Member, file: string): string | undefined
  documentOf(member: Member, file: string): TextDocument | undefined
  cursorAt(uri: string, position: Position): { cursor: Cursor; member: Member } | undefined
}

interface OpenSpec {
  readonly document: TextDocument
  /** The folder that holds its `.agent-os`, resolved. */
  readonly root: string
  readonly base: string
  /** The path that oos shows. */
  readonly file: string
  readonly isOwn: boolean
}

export function createWorkspace({ home, packs, find }: WorkspaceOptions): Workspace {
  const specs = new Map<string, OpenSpec>()
  let folders: readonly Folder[] = []
  const members = new Map<string, Member>()

  const textsOf = (member: Member) =>
    new Map(
      [...specs.values()]
        .filter((spec) => isOf(spec, member))
        .map((spec) => [spec.file, spec.document.getText()]),
    )

  return {
    setFolders(paths) {
      folders = paths.flatMap((path) => rootOfFolder(path, home))
      update()
    },
    open(document) {
      const spec = openSpec(document, home)
      if (spec) specs.set(document.uri, spec)
      update()
      return spec !== undefined
    },
    close(uri) {
      specs.delete(uri)
      update()
    },
    isSpec: (uri) => specs.has(uri),
    members: () => [...members.values()],
    textsOf,
    uriOf,
    documentOf,
    cursorAt(uri, position) {
      const spec = specs.get(uri)
      const member = [...members.values()].find((each) => spec && isOf(spec, each))
      if (spec === undefined || member === undefined) return undefined
      const { document, file } = spec
      const at = { position, at: document.offsetAt(position) }
      return {
        cursor: createCursor(member.look(textsOf(member)), { file, text: document.getText() }, at),
        member,
      }
    },
  }

  /** Projects come with their first open file or folder and go with the last. */
  function update(): void {
    const wanted = wantedRoots(folders, [...specs.values()])
    for (const [root, base] of wanted)
      if (!members.has(root))
        members.set(root, createMember({ home, packs, ...(root !== alone && { root }) }, base))
    for (const [root, member] of members) {
      if (wanted.has(root)) continue
      member.stop()
      members.delete(root)
    }
  }

  function createMember(place: ProjectPlace, base: string): Member {
    const { root } = place
    return { ...createProject(place, find), ...(root !== undefined && { root, base }) }
  }

  function documentOf(member: Member, file: string): TextDocument | undefined {
    return [...specs.values()].find((spec) => isOf(spec, member) && spec.file === file)?.document
  }

  function uriOf(member: Member, file: string): string | undefined {
    const open = documentOf(member, file)
    if (open) return open.uri
    const isAgent = file.startsWith('oos:') && kindOf(member.look(textsOf(member)), file) === 'definition'
    const folders = { home, packs, ...(member.base !== undefined && { root: member.base }) }
    const path = specFile(file, folders, isAgent)
    return path === undefined ? undefined : pathToFileURL(path).href
  }
}

interface Folder {
  readonly root: string
  readonly base: string
}

/** The name of no folder: the user's own specs where nothing else is open. */
const alone = ''

/** Each project's root, with what the editor calls it. */
function wantedRoots(folders: readonly Folder[], specs: readonly OpenSpec[]): ReadonlyMap<string, string> {
  const those = specs.filter(({ isOwn }) => !isOwn)
  const wanted = new Map([...folders, ...those].map(({ root, base }) => [root, base]))
  return wanted.size > 0 || specs.length === 0 ? wanted : new Map([[alone, alone]])
}

/** The user's own specs hold in every project. */
function isOf({ isOwn, root }: OpenSpec, member: Member): boolean {
  return isOwn || root === member.root
}

function kindOf({ sources }: Snapshot, file: string): string | undefined {
  return sources.find(({ path }) => path === file)?.kind
}

function openSpec(document: TextDocument, home: string): OpenSpec | undefined {
  const path = pathOf(document.uri)
  const place = path === undefined ? undefined : specPlaceOf(path)
  const root = place && resolve(place.base)
  if (place === undefined || root === undefined) return undefined
  const isOwn = root === home
  const file = `${isOwn ? '~/' : ''}.agent-os/${place.below}`
  return { document, root, base: place.base, file, isOwn }
}

export function pathOf(uri: string): string | undefined {
  try {
    return uri.startsWith('file:') ? fileURLToPath(uri) : undefined
  } catch {
    return undefined
  }
}

function resolve(path: string): string | undefined {
  try {
    return realpathSync(path)
  } catch {
    return undefined
  }
}

function rootOfFolder(base: string, home: string): Folder[] {
  try {
    const root = findProjectRoot(base, home)
    return [{ root, base: root === resolve(base) ? base : root }]
  } catch {
    return []
  }
}
