import { describe, expect, it, test } from 'vitest'
import { authorize } from '../../src/agents/authorize.ts'
import { commandRequest } from '../../src/agents/command-request.ts'
import type { RunIntent } from '../../src/agents/prepare.ts'
import type { RunVoice } from '../../src/agents/voice.ts'
import { compilePolicy } from '../../src/policy/compile.ts'
import { decide } from '../../src/policy/decide.ts'
import { makeRule } from '../policy/random-rules.ts'

it.each([
  { words: ['git', 'push'], hint: "oos explain 'shell:git push'" },
  { agent: 'bot', words: ['git', 'push'], hint: "oos explain --agent bot 'shell:git push'" },
  { words: ['sh', '-c', 'cat a; b'], hint: `oos explain 'shell:sh -c '\\''cat a; b'\\'''` },
])('a refused $words says what to type, word by word', async ({ agent = 'command', words, hint }) => {
  const asked = commandRequest(agent, words, '/work')
  const decision = { effect: 'deny', reasons: [], constraints: {} } as const
  const intent = { asked, decision, request: {} } as unknown as RunIntent
  await expect(authorize(intent, {} as RunVoice)).rejects.toMatchObject({ code: 'denied', hint })
})

it('that `--deny` refused says so: no spec would explain it', async () => {
  const asked = commandRequest('command', ['git', 'push'], '/work')
  const rule = { ...makeRule({ effect: 'deny', capabilities: ['shell:git *'], line: 1 }), layer: 'run' }
  const intent = {
    asked,
    decision: { effect: 'deny', rule, reasons: [] },
    request: {},
  } as unknown as RunIntent
  await expect(authorize(intent, {} as RunVoice)).rejects.toMatchObject({ hint: 'leave the `--deny` out' })
})

describe('the question', () => {
  const policy = compilePolicy({
    rules: [
      makeRule({ effect: 'allow', capabilities: ['shell:*', 'git:*:*'], line: 1 }),
      makeRule({ effect: 'ask', capabilities: ['git:*:push,commit,tag'], line: 2 }),
      makeRule({ effect: 'ask', capabilities: ['shell:{git reset --hard,b} *'], line: 3 }),
    ],
    root: '/work',
    home: '/h',
    now: 0,
  })

  test('says why always is not offered for what may run anything', async () => {
    const asked = commandRequest('command', ['bash'], '/work')
    const intent = { asked, policy, decision: decide(policy, asked), request: {} }
    const notes: string[] = []
    const voice = { answerAsk: async () => 'once', note: (text: string) => notes.push(text) }
    await authorize(intent as unknown as RunIntent, voice as unknown as RunVoice)
    expect(notes).toEqual([
      'always is not offered, for it may run anything; what ends the question: oos explain shell:bash',
    ])
  })

  test.each([
    {
      words: ['git', 'push'],
      says: "Run `git push`? (the branch depends on git's configuration, so it could be any; a yes lets this run push any branch)",
    },
    {
      words: ['git', 'commit'],
      says: 'Run `git commit`? (the branch is the one that is checked out then, so it could be any; a yes lets this run commit to any branch)',
    },
    { words: ['git', 'push', 'origin', 'main'], says: 'Run `git push origin main`?' },
    {
      words: ['bash'],
      says: 'Run `bash`? (what `bash` does cannot be seen from here, for a shell reads commands from its input: it could run `git reset --hard`, which .agent-os/AGENT.md:3 asks about)',
    },
  ])('about $words says what a yes would cover', async ({ words, says }) => {
    const asked = commandRequest('command', words, '/work')
    const intent = { asked, policy, decision: decide(policy, asked), request: { untrusted: true } }
    const said: string[] = []
    const answerAsk = async (question: string) => {
      said.push(question)
      return 'once' as const
    }
    await authorize(intent as unknown as RunIntent, { answerAsk } as unknown as RunVoice)
    expect(said).toEqual([says])
  })
})
