import { describe, expect, it } from 'vitest'
import { parseCommands } from '../../../src/policy/shell/reading.ts'
import { tricky } from './tricky.ts'

const programsOf = (text: string) =>
  parseCommands(text).commands.map(({ words }) => words[0]?.replace(/^.*\//s, ''))

describe('the reading of a tricky text', () => {
  it.each(tricky.filter(({ reading }) => reading === 'named'))(
    'names the program that $text runs',
    ({ text }) => {
      expect(parseCommands(text).undecidable).toBeUndefined()
      expect(programsOf(text)).toContain('factor')
    },
  )

  it.each(tricky.filter(({ reading }) => reading === 'unread'))(
    'says that it cannot tell what $text runs',
    ({ text }) => {
      expect(parseCommands(text).undecidable?.reason).toMatch(/./)
    },
  )

  it.each(tricky.filter(({ reading }) => reading === 'inert'))('raises no alarm for $text', ({ text }) => {
    expect(parseCommands(text).undecidable).toBeUndefined()
    expect(programsOf(text)).not.toContain('factor')
  })
})
