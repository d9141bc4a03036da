import { parseCapability } from '../policy/capability.ts'

const refusal =
  /\b(?:never|must not|mustn't|do not|don't|don’t|may not|shall not|should not|forbidden|prohibited|not allowed|not permitted|avoid)\b/i
const approval =
  /\b(?:(?:needs?|requires?) (?:\w+ )?approval|without (?:\w+ )?approval|ask (?:\w+ )?(?:before|first))\b/i
const condition = /\b(?:unless|until|without|except|if|when|before|after|instead|other than|outside)\b/i
const writing =
  /\b(?:modif\w+|edit\w*|chang\w+|writ\w+|delet\w+|remov\w+|overwrit\w+|commit\w*|creat\w+|renam\w+|read-only)\b/i
const reading =
  /\b(?:read\w*|open\w*|print\w*|show\w*|shar\w+|log\w*|expos\w+|leak\w*|copy|upload\w*|send)\b/i
const running = /\b(?:run\w*|execut\w+|use|using|call\w*|invok\w+)\b/i
const programs =
  /^(?:git|npm|npx|pnpm|yarn|node|deno|bun|pip|pip3|uv|python3?|cargo|go|make|rm|mv|cp|chmod|chown|curl|wget|ssh|scp|rsync|sudo|docker|podman|kubectl|terraform|aws|gcloud|gh|psql|sqlite3|systemctl|kill|pkill|killall|dd|mkfs)\b/

/**
 * The rule that a sentence plainly means, judged by its code spans; undefined where it could mean something else.
 * A sentence with a condition is never plain, but for the one condition that is an Ask.
 */
export function suggestRule(sentence: string): string | undefined {
  const spans = [...sentence.matchAll(/`([^`]+)`/g)].map(([, span]) => span?.trim() ?? '')
  const words = sentence.replace(/`[^`]*`/g, '`')
  const effect = approval.test(words)
    ? 'Ask'
    : refusal.test(words) && !condition.test(words)
      ? 'Deny'
      : readOnly(words)
  if (!effect || spans.length === 0) return undefined
  const capabilities = spans.map((span) => capabilityFor(span, words))
  if (!capabilities.every((text) => text !== undefined && parseCapability(text).ok)) return undefined
  return `**${effect}** ${capabilities.map((text) => `\`${text}\``).join(', ')}`
}

function readOnly(words: string): 'Deny' | undefined {
  return /\b(?:is|are) read-only\b/i.test(words) && !condition.test(words) ? 'Deny' : undefined
}

function capabilityFor(span: string, words: string): string | undefined {
  if (programs.test(span) || (running.test(words) && /^[a-z][\w.-]*( |$)/.test(span) && !span.includes('/')))
    return `shell:${span.replace(/\s*\*$/, '')} *`
  if (/^\$?[A-Z][A-Z0-9]*_[A-Z0-9_]*$/.test(span)) return `env:${span.replace(/^\$/, '')}`
  const path =
    /^(?:~\/|\.{0,2}\/)?[\w.@*-]+(?:\/[\w.@*-]+)*\/?$/.test(span) && /[./]/.test(span)
      ? span.replace(/^\.\//, '')
      : undefined
  const action = writing.test(words) ? 'write' : reading.test(words) ? 'read' : undefined
  if (!path || !action || path.startsWith('../')) return undefined
  return `file:${path.endsWith('/') ? `${path}**` : path}:${action}`
}
