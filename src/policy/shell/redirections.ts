import type { Redirection, Word } from 'unbash'
import type { SyntaxWalk } from './types.ts'
import { hasHole, hole, isQuotedTilde } from './words.ts'

/** Files that the redirection opens. Duplicated descriptors, here-documents and the null device are none. */
export function readRedirection(node: Redirection, walk: SyntaxWalk) {
  if (node.descriptor?.type === 'FileDescriptorVariable') walk.assign(node.descriptor.name, '10')
  if (node.type === 'HereDoc') {
    if (/[$`]/.test(node.delimiter?.text ?? ''))
      walk.refuse('shells do not agree on where a here-document ends')
    return walk.parts(node.body.parts)
  }
  if (node.target === undefined) return walk.refuse('a redirection has no target')
  const target = walk.word(node.target)
  if (walk.dialect === 'zsh' && /^[!|]/.test(target))
    return walk.refuse('zsh reads a redirection in a way of its own')
  if (node.type === 'HereString' || isDescriptor(node.operator, target)) return
  if (isPipe(node.target, target)) return
  if (hasHole(target)) return walk.refuse('the target of a redirection is only known at run time')
  if (/^\/dev\/(?:tcp|udp)\//.test(target)) return walk.refuse('a redirection opens a network connection')
  if (quietDevices.test(target)) return
  if (node.target.text[0] === '~' && !/^~(?:\/|$)/.test(target))
    return walk.refuse('the target of a redirection is in the home folder of somebody else')
  const path = target[0] === '~' && isQuotedTilde(node.target.text) ? `./${target}` : target
  if (node.operator === '<' || node.operator === '<>' || node.operator === '<&') walk.read(path)
  if (node.operator !== '<' && node.operator !== '<&') walk.write(path)
}

const quietDevices = /^\/dev\/(?:null|zero|full|tty|std(?:in|out|err)|fd\/\d+)$/

function isDescriptor(operator: string, target: string): boolean {
  return (operator === '>&' || operator === '<&') && /^(?:\d+-?|-)$/.test(target)
}

/** `> >(cmd)`: what it runs has been read with the word. */
function isPipe(word: Word, target: string): boolean {
  return target === hole && word.parts?.length === 1 && word.parts[0]?.type === 'ProcessSubstitution'
}
