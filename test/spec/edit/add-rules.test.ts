import { describe, expect, it } from 'vitest'
import { type Addition, addRules, specWith } from '../../../src/spec/edit/add-rules.ts'
import { parseSpec } from '../../../src/spec/parse.ts'
import type { SpecSource } from '../../../src/spec/types.ts'

const sourceOf = (text: string | Uint8Array): SpecSource => ({
  path: '.agent-os/AGENT.md',
  kind: 'agent',
  layer: 'project',
  bytes: typeof text === 'string' ? Buffer.from(text) : text,
})

const addition: Addition = {
  heading: 'Learned',
  about: 'What runs were seen to need.',
  packs: [],
  rules: ['**Allow** `file:src/**:read` — seen in a run'],
}
const added = (text: string, more: Partial<Addition> = {}) => {
  const bytes = addRules(sourceOf(text), { ...addition, ...more })
  return bytes === undefined ? undefined : Buffer.from(bytes).toString('utf8')
}
const section =
  '## Learned\n\nWhat runs were seen to need.\n\n- **Allow** `file:src/**:read` — seen in a run\n'

describe('rules come in', () => {
  it.each([
    { where: 'at the end', before: '# A\n\nWords.\n', after: `# A\n\nWords.\n\n${section}` },
    { where: 'into an empty file', before: '', after: section },
    {
      where: 'below those that stand there',
      before: `# A\n\n${section}\n## More\n\nWords.\n`,
      after: `# A\n\n${section}- **Allow** \`file:lib/**:read\` — seen in a run\n\n## More\n\nWords.\n`,
      rules: ['**Allow** `file:lib/**:read` — seen in a run'],
    },
    {
      where: 'under a heading that has only words',
      before: '## Learned\n\nWords.\n',
      after: '## Learned\n\nWords.\n\n- **Allow** `file:src/**:read` — seen in a run\n',
    },
    {
      where: 'under a heading that has nothing',
      before: '## Learned\n',
      after: '## Learned\n\n- **Allow** `file:src/**:read` — seen in a run\n',
    },
  ])('$where', ({ before, after, rules }) => {
    expect(added(before, rules === undefined ? {} : { rules })).toBe(after)
  })
})

describe('packs come in', () => {
  it.each([
    {
      where: 'where there is no front matter',
      before: '# A\n',
      head: '---\nextends: [oos:node]\n---\n\n# A\n',
    },
    {
      where: 'where none is taken in',
      before: '---\ntitle: A\n---\n# A\n',
      head: '---\ntitle: A\nextends: [ oos:node ]\n---\n# A\n',
    },
    {
      where: 'beside others, and comments stay',
      before: '---\n# ours\nextends: # these\n  - oos:git # for git\n---\n# A\n',
      head: '---\n# ours\nextends:\n  # these\n  - oos:git # for git\n  - oos:node\n---\n# A\n',
    },
    {
      where: 'beside a single one',
      before: '---\nextends: oos:git\n---\n# A\n',
      head: '---\nextends: [ oos:git, oos:node ]\n---\n# A\n',
    },
    {
      where: 'beside one with a hole',
      before: '---\nextends: [{pack: oos:secrets, except: ["file:a:read"]}]\n---\n# A\n',
      head: expect.stringContaining('oos:node'),
    },
  ])('$where', ({ before, head }) => {
    const after = added(before, { packs: ['oos:node'], rules: [] })
    expect(after).toEqual(head)
    const spec = parseSpec(sourceOf(after ?? ''))
    expect(spec.extends.map(({ pack }) => pack)).toContain('oos:node')
    expect(spec.diagnostics).toEqual([])
  })
})

describe('nothing is written', () => {
  it.each([
    { where: 'into code that is not closed', before: '# A\n\n```\ncode\n' },
    { where: 'into a comment that is not closed', before: '# A\n\n<!-- more\n' },
    { where: 'into front matter that is not closed', before: '---\ntitle: A\n# A\n' },
  ])('$where', ({ before }) => {
    expect(added(before, { packs: ['oos:node'] })).toBeUndefined()
  })

  it('into what is no text', () => {
    expect(addRules(sourceOf(Buffer.from([0xff, 0xfe, 0x41])), addition)).toBeUndefined()
  })

  it('that would be read as something else', () => {
    expect(
      added('# A\n', { rules: ['**Allow** `file:a:read` — why\n- **Allow** `file:**:write`'] }),
    ).toBeUndefined()
  })
})

it('a byte order mark stays', () => {
  const bytes = addRules(sourceOf(Buffer.from('\ufeff# A\n')), addition)
  expect([...(bytes ?? []).slice(0, 3)]).toEqual([0xef, 0xbb, 0xbf])
})

it('a new spec has its packs, its words and the rules', () => {
  const text = specWith('shop', 'What may be done here.', { ...addition, packs: ['oos:secrets'] })
  expect(text).toBe(`---\nextends: [oos:secrets]\n---\n\n# shop\n\nWhat may be done here.\n\n${section}`)
  expect(parseSpec(sourceOf(text))).toMatchObject({ diagnostics: [], rules: [{ effect: 'allow' }] })
})
