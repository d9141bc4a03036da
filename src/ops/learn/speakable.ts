import { dirname } from 'node:path/posix'
import { parseCapability, printCapability } from '../../policy/capability/capability.ts'
import type { PathPlace } from '../../policy/match/path-glob.ts'
import { capabilityOf } from '../../policy/request/capability.ts'
import type { FileUse } from './learned.ts'

export const folderOf = (path: string): string => dirname(path)

/** A name that no rule can say (line breaks, characters that look like others) is its folder. */
export function speakable(use: FileUse, place: PathPlace): FileUse {
  if (isSpeakable(use.target, place) || use.target === '/') return use
  return speakable({ ...use, target: dirname(use.target), folder: true, below: true }, place)
}

function isSpeakable(target: string, place: PathPlace): boolean {
  const capability = capabilityOf({ resource: 'file', action: 'read', target }, place)
  const parsed = parseCapability(printCapability(capability))
  return parsed.ok && parsed.value.pattern === capability.pattern && !target.includes('\uFFFD')
}
