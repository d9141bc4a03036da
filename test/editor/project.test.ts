import { mkdirSync, mkdtempSync, realpathSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { findFindings } from '../../src/editor/findings.ts'
import { createProject } from '../../src/editor/project.ts'
import { readFindings } from '../../src/ops/check/findings.ts'
import type { Diagnostic } from '../../src/shared/diagnostics.ts'

const packs = join(import.meta.dirname, '../../specs')
const file = '.agent-os/AGENT.md'
const shadowed = '- **Deny** `file:src/**:*`\n- **Allow** `file:src/a.ts:read`\n'

/** A project on the disk; its analysis is counted, and answers when it is told to. */
function scene(text: string) {
  const root = realpathSync(mkdtempSync(join(tmpdir(), 'oos-editor-')))
  mkdirSync(join(root, '.agent-os'))
  writeFileSync(join(root, file), text)
  const asked: { answer: () => void; stopped: boolean }[] = []
  const project = createProject({ root, home: process.env.HOME ?? '/', packs }, (input, found) => {
    const question = { answer: () => question.stopped || found(readFindings(input)), stopped: false }
    asked.push(question)
    return () => {
      question.stopped = true
    }
  })
  const type = (typed: string) => project.look(new Map([[file, typed]]))
  const analyze = () => project.analyze(() => undefined)
  const lines = () => project.findings().map(({ code, place }) => `${code} ${place.line}`)
  return { root, project, asked, type, analyze, lines }
}

test('what the rules mean is found out once, and moves with them while only prose is typed', () => {
  const { asked, type, analyze, lines } = scene(shadowed)
  type(shadowed)
  analyze()
  expect(lines()).toEqual([])
  asked[0]?.answer()
  expect(lines()).toEqual(['analysis/under-deny 2'])
  type(`# A title\n\n${shadowed}\nprose\n`)
  analyze()
  expect(lines()).toEqual(['analysis/under-deny 4'])
  expect(asked.length).toBe(1)
})

test('what was found of other rules is not shown, also if they come back with an error beside them', () => {
  const { asked, type, analyze, lines } = scene(shadowed)
  type(shadowed)
  analyze()
  asked[0]?.answer()
  type(`${shadowed}- **Allow** \`file:b:read\`\n`)
  expect(lines()).toEqual([])
  type(`${shadowed}- **Dney** \`file:b:read\`\n`)
  expect(lines()).toEqual([])
  type(shadowed)
  analyze()
  expect(lines()).toEqual(['analysis/under-deny 2'])
  expect(asked.length).toBe(1)
})

test('an edit calls the analysis before it off', () => {
  const { asked, type, analyze, lines, project } = scene(shadowed)
  type(shadowed)
  analyze()
  type('- **Allow** `file:b:read`\n')
  project.stop()
  asked[0]?.answer()
  expect(asked[0]?.stopped).toBe(true)
  expect(lines()).toEqual([])
})

test('with an error nothing is analyzed', () => {
  const { asked, type, analyze } = scene(shadowed)
  type('- **Dney** `file:b:read`\n')
  analyze()
  expect(asked.length).toBe(0)
})

test('what lies on the disk is read again only after it was said to be another', () => {
  const { root, project } = scene('- **Allow** `file:a:read`\n')
  const rule = () => project.look(new Map()).set.rules.find(({ layer }) => layer === 'project')?.source.text
  expect(rule()).toContain('file:a:read')
  writeFileSync(join(root, file), '- **Allow** `file:b:read`\n')
  expect(rule()).toContain('file:a:read')
  project.forgetDisk()
  expect(rule()).toContain('file:b:read')
})

test('the thread that looks at the rules finds what `spec check` finds', async () => {
  const { type, root } = scene(shadowed)
  const { rules, agents } = type(shadowed).set
  const input = { rules, agents, holes: [], root, home: '/home/ada' }
  const found = await new Promise<readonly Diagnostic[] | Error>((resolve) => findFindings(input, resolve))
  expect(found).toEqual(readFindings(input))
  expect(found).toMatchObject([{ code: 'analysis/under-deny' }])
})
