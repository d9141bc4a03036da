// `node scripts/picture.ts` draws docs/denial.svg: what a terminal shows when a hostile script runs under the rules that
// `oos init` writes. Every line is real output; only the name of the scratch home folder is changed.
import { spawnSync } from 'node:child_process'
import { copyFileSync, mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

const root = join(import.meta.dirname, '..')
const home = mkdtempSync(join(realpathSync(tmpdir()), 'oos-picture-'))
const project = join(home, 'shop')
mkdirSync(join(home, '.ssh'))
mkdirSync(project)
writeFileSync(join(home, '.ssh/id_ed25519'), 'a key\n')
writeFileSync(join(project, 'package.json'), '{"name":"shop"}\n')
writeFileSync(join(project, '.env'), 'PASSWORD=hunter2\n')
copyFileSync(join(root, 'test/fixtures/agent.sh'), join(project, 'agent.sh'))
start('git', ['init', '-q'])
start(process.execPath, [join(root, 'bin/oos.js'), 'init', '--yes'])

const lines = [
  '$ cat agent.sh',
  ...start('cat', ['agent.sh']),
  '',
  '$ oos run -- sh agent.sh',
  ...oos('run', '--', 'sh', 'agent.sh'),
  '',
  "$ oos explain 'file:.env:read'",
  ...oos('explain', 'file:.env:read').slice(0, 3),
].map((line) => shorten(line.replaceAll(home, '/home/ada')))
rmSync(home, { recursive: true, force: true })
writeFileSync(join(root, 'docs/denial.svg'), draw(lines))

function oos(...words: string[]): string[] {
  return start(process.execPath, [join(root, 'bin/oos.js'), ...words])
}

function start(program: string, words: readonly string[]): string[] {
  const env = { PATH: '/usr/bin:/bin', HOME: home, LANG: 'C.UTF-8' }
  const script = ['-c', '"$@" 2>&1', 'sh', program, ...words]
  return spawnSync('sh', script, { cwd: project, env, encoding: 'utf8' }).stdout.trimEnd().split('\n')
}

function shorten(line: string): string {
  return line.length > 98 ? `${line.slice(0, 97)}…` : line
}

function draw(texts: readonly string[]): string {
  const [letter, step, edge] = [8.43, 21, 22]
  const width = Math.ceil(98 * letter + 2 * edge)
  const height = texts.length * step + 2 * edge
  const rows = texts.map((text, index) => {
    const y = edge + 15 + index * step
    return `  <text x="${edge}" y="${y}" class="${classOf(text)}" xml:space="preserve">${escapeXml(text)}</text>`
  })
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" role="img" aria-labelledby="title desc">
  <title id="title">A hostile script, run under markdown rules</title>
  <desc id="desc">The script tries to read .env and an SSH key, to change the rules, to plant a git hook and to call a server. Each is refused; a file of the project is written. oos explain names the rule and its line.</desc>
  <style>
    svg { color-scheme: light dark }
    rect { fill: #f6f8fa; stroke: #d0d7de }
    text { font: 14px ui-monospace, SFMono-Regular, Menlo, Consolas, monospace; fill: #1f2328 }
    .typed { font-weight: 600 } .no { fill: #cf222e } .yes { fill: #1a7f37 } .oos { fill: #0550ae }
    @media (prefers-color-scheme: dark) {
      rect { fill: #161b22; stroke: #30363d } text { fill: #e6edf3 }
      .no { fill: #ff7b72 } .yes { fill: #7ee787 } .oos { fill: #79c0ff }
    }
  </style>
  <rect x="0.5" y="0.5" width="${width - 1}" height="${height - 1}" rx="10"/>
${rows.join('\n')}
</svg>
`
}

function classOf(text: string): string {
  if (text.startsWith('$ ')) return 'typed'
  if (/^deny|denied|No such file|Read-only|403/.test(text)) return 'no'
  if (text.startsWith('wrote')) return 'yes'
  return /^(oos:|rule|why)/.test(text) ? 'oos' : 'plain'
}

function escapeXml(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')
}
