import { type Diagnostic, hasErrors } from '../shared/diagnostics.ts'
import { extensionsWithHoles } from '../spec/holes.ts'
import { readSources } from '../spec/read.ts'
import type { FindFindings } from './findings.ts'
import { meaningText, moveFindings, type Said } from './rule-places.ts'
import { createUnderstanding, type OpenTexts, overlay, type Snapshot } from './specs.ts'

/** The specs that hold together in one place, as an editor has them. */
export interface EditorProject {
  /** Anew only if something was typed, or changed on the disk. */
  look(open: OpenTexts): Snapshot
  /** Something on the disk may be another. */
  forgetDisk(): void
  /** What the analysis says of the snapshot as far as it is known by now. */
  findings(): readonly Diagnostic[]
  /** Finds them out, unless they are known; calls back when they are there. */
  analyze(done: (failure?: Error) => void): void
  /** The analysis that is under way is of no use any more. */
  stop(): void
}

export interface ProjectPlace {
  /** Resolved; none for the user's own specs alone. */
  readonly root?: string
  readonly home: string
  readonly packs: string
}

export function createProject(place: ProjectPlace, find: FindFindings): EditorProject {
  const { root, home } = place
  const understand = createUnderstanding({ home, ...(root !== undefined && { root }) })
  let disk: ReturnType<typeof readSources> | undefined
  let last: { readonly open: OpenTexts; readonly snapshot: Snapshot } | undefined
  let known: Known | undefined
  let stop = () => {}
  return {
    look(open) {
      if (last && disk && isSame(last.open, open)) return last.snapshot
      disk ??= readSources(place)
      last = { open: new Map(open), snapshot: understand(overlay(disk, open)) }
      return last.snapshot
    },
    forgetDisk() {
      disk = undefined
    },
    findings: () => (last && known && follow(known, last.snapshot)) ?? [],
    analyze(done) {
      stop()
      const { snapshot } = last ?? {}
      if (snapshot === undefined || snapshot.isTooLarge || hasErrors(snapshot.diagnostics)) return
      if (known && follow(known, snapshot)) return
      const said = saidBy(snapshot.set)
      stop = find({ ...said, root: root ?? home, home }, (found) => {
        known = { said, meaning: meaningText(said), findings: found instanceof Error ? [] : found }
        done(found instanceof Error ? found : undefined)
      })
    },
    stop: () => stop(),
  }
}

interface Known {
  readonly said: Said
  readonly meaning: string
  readonly findings: readonly Diagnostic[]
}

function saidBy({ specs, rules, agents }: Snapshot['set']): Said {
  return { rules, agents, holes: extensionsWithHoles(specs) }
}

/** What was found, for a snapshot whose rules say the same; nothing where they do not, or are wrong. */
function follow(
  { said, meaning, findings }: Known,
  { set, diagnostics }: Snapshot,
): readonly Diagnostic[] | undefined {
  const now = saidBy(set)
  if (hasErrors(diagnostics) || meaningText(now) !== meaning) return undefined
  return moveFindings(findings, { from: said, to: now })
}

function isSame(a: OpenTexts, b: OpenTexts): boolean {
  return a.size === b.size && [...a].every(([path, text]) => b.get(path) === text)
}
