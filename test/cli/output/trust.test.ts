import { expect, test } from 'vitest'
import type { TrustChange } from '../../../src/agents/voice.ts'
import { createStyle } from '../../../src/cli/output/style.ts'
import { renderTrust } from '../../../src/cli/output/trust.ts'
import { source } from '../../spec/sources.ts'

const agreed = [source('.agent-os/AGENT.md', '')]

test.each<{ state: TrustChange['state']; agreed: typeof agreed; says: string }>([
  { state: 'new', agreed: [], says: 'gives, beyond your own specs and what comes with oos:' },
  { state: 'changed', agreed, says: 'gives, beyond what you agreed to:' },
  {
    state: 'own',
    agreed,
    says: 'gives more than you agreed to, for your own specs (~/.agent-os) have changed since:',
  },
  {
    state: 'own',
    agreed: [],
    says: 'is asked about again, for your own specs (~/.agent-os) give less than when you agreed. Beyond them it gives:',
  },
])('of specs that are $state it is said why they are asked about: $says', ({ state, says, ...rest }) => {
  const excess = { changes: [], undecided: [], terms: [], lines: [], ...rest }
  const text = renderTrust(
    { state, root: '/work/shop', home: '/h', excess },
    { style: createStyle(false), width: 80 },
  )
  expect(text).toBe(`/work/shop ${says}\n`)
})
