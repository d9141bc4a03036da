import { once } from '../../shared/remembered.ts'
import { compileOptions, readAnywhere } from './options.ts'
import type { ProgramReader } from './types.ts'

const options = once(() =>
  compileOptions({
    short: 'lmpPTc:g:G:s:u:w:hV',
    long: 'login command= session-command= fast user= group= supp-group= preserve-environment pty no-pty shell= whitelist-environment=',
  }),
)
const texts = new Set(['c', 'command', 'session-command'])

/** `su user -c text`, `runuser -u user command`: options stand anywhere, and a shell takes what follows the user. */
export const readSwitchUser: ProgramReader = (words, walk) => {
  const read = readAnywhere(words, options())
  if (read === undefined) return walk.refuse(`what \`${words[0]}\` runs cannot be told from its options`)
  const has = (...names: string[]) => read.given.some(({ name }) => names.includes(name))
  if (has('h', 'help', 'V', 'version')) return
  if (has('s', 'shell')) return walk.refuse(`\`${words[0]}\` starts a shell that cannot be followed`)
  const operands = read.operands.filter((word) => word !== '-')
  if (has('u', 'user')) return walk.run(operands)
  for (const { name, value } of read.given) if (texts.has(name)) walk.shell(value ?? '')
  if (!has(...texts)) walk.run(['sh', ...operands.slice(1)])
}
