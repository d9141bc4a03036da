import { expect, it } from 'vitest'
import { authorize } from '../../src/agents/authorize.ts'
import { commandRequest } from '../../src/agents/command-request.ts'
import type { RunIntent } from '../../src/agents/prepare.ts'
import type { RunVoice } from '../../src/agents/voice.ts'

it.each([
  { words: ['git', 'push'], hint: "oos explain 'shell:git push'" },
  { words: ['sh', '-c', 'cat a; b'], hint: `oos explain 'shell:sh -c '\\''cat a; b'\\'''` },
])('a refused $words says what to type, word by word', async ({ words, hint }) => {
  const asked = commandRequest('command', words, '/work')
  const decision = { effect: 'deny', reasons: [], constraints: {} } as const
  const intent = { asked, decision, request: {} } as unknown as RunIntent
  await expect(authorize(intent, {} as RunVoice)).rejects.toMatchObject({ code: 'denied', hint })
})
