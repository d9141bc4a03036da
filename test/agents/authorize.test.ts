import { expect, it } from 'vitest'
import { authorize, commandRequest } from '../../src/agents/authorize.ts'
import type { RunVoice } from '../../src/agents/voice.ts'

it.each([
  { words: ['git', 'push'], hint: "oos explain 'shell:git push'" },
  { words: ['sh', '-c', 'cat a; b'], hint: `oos explain 'shell:sh -c '\\''cat a; b'\\'''` },
])('a refused $words says what to type, word by word', async ({ words, hint }) => {
  const asked = commandRequest('command', words, '/work')
  const decision = { effect: 'deny', reasons: [], constraints: {} } as const
  await expect(authorize({ asked, decision }, {} as RunVoice)).rejects.toMatchObject({ code: 'denied', hint })
})
