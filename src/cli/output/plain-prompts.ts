import { createInterface } from 'node:readline'
import { notAgreed } from './not-agreed.ts'

/** A question in a line, and its answer in another. */
export async function confirmPlainly(question: string, usual: boolean): Promise<boolean> {
  const answer = await readAnswer(`${question} (${usual ? 'Y/n' : 'y/N'}) `)
  return answer === '' ? usual : /^y(?:es)?$/.test(answer)
}

interface Choice<Value> {
  readonly name: string
  readonly value: Value
}

/** By its number, or by how it begins. */
export async function selectPlainly<Value>(
  question: string,
  choices: readonly Choice<Value>[],
): Promise<Value | undefined> {
  const lines = choices.map(({ name }, at) => `  ${at + 1} ${name}\n`)
  const answer = await readAnswer(`${question}\n${lines.join('')}(1) `)
  const named = choices.find(({ name }) => answer !== '' && name.startsWith(answer))
  return (choices[Number(answer) - 1] ?? named)?.value
}

async function readAnswer(question: string): Promise<string> {
  const lines = createInterface({ input: process.stdin, output: process.stderr, terminal: false })
  // What was typed before the question was there is no answer to it.
  await new Promise(setImmediate)
  try {
    return await new Promise((resolve, reject) => {
      lines.once('close', () => reject(notAgreed()))
      lines.question(question, (answer) => resolve(answer.trim().toLowerCase()))
    })
  } finally {
    lines.close()
  }
}
