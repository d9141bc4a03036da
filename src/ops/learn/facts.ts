import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import type { Rule } from '../../policy/types.ts'
import { isFolder } from '../../shared/path-facts.ts'
import { openFolder } from '../init/folder.ts'
import { detectStacks } from '../init/languages.ts'
import { ownPlaces } from '../project/own-places.ts'
import { compileHere, type Project } from '../project/project.ts'
import type { Learned } from './learned.ts'
import { readPacks } from './packs.ts'
import type { ProposeFacts } from './proposal.ts'

/** What the rules and the disk say now. `more`: rules that hold besides those of the specs. */
export function readProposeFacts(
  project: Project,
  { files }: Learned,
  { more, wide }: { readonly more: readonly Rule[]; readonly wide: boolean },
): ProposeFacts {
  const { root, sources, rules } = project
  const made = files.filter(({ action, folder }) => action === 'create' && folder)
  const policy = compileHere([...rules, ...more], project)
  return {
    policy,
    ownPlaces: ownPlaces(policy),
    listFolder,
    packs: readPacks(sources),
    own: detectStacks(openFolder(root)).map(({ pack }) => pack),
    tree: {
      root,
      lasting: new Set(made.map(({ target }) => target).filter(isFolder)),
      mayRemove:
        files.some(({ target }) => /\/node_modules\/rimraf\//.test(target)) || removesInScripts(root),
      top: openFolder(root).list('.'),
    },
    wide,
  }
}

/** `"test": "rm -rf dist && tsc && …"`. */
function removesInScripts(root: string): boolean {
  return /"[^"]*\b(?:rm -\w*r|rimraf|del-cli)\b/.test(openFolder(root).read('package.json') ?? '')
}

const mostListed = 2_000

function listFolder(folder: string, below: boolean): readonly string[] | undefined {
  const found: string[] = []
  const folders = [folder]
  try {
    for (const each of folders) {
      for (const entry of readdirSync(each, { withFileTypes: true })) {
        const path = join(each, entry.name)
        found.push(path)
        if (below && entry.isDirectory()) folders.push(path)
      }
      if (found.length > mostListed) return undefined
    }
  } catch {
    return undefined
  }
  return found
}
