import { execFileSync, spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { mkdirSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs'
import { createServer, type Server } from 'node:https'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { runInside } from './inside.ts'
import { listening, startWorld } from './world.ts'

const folder = mkdtempSync(join(tmpdir(), 'oos-tools-'))
const has = (program: string, ...words: string[]): boolean => spawnSync(program, words).status === 0
const run = (program: string, ...words: string[]): void =>
  void execFileSync(program, words, { cwd: folder, stdio: 'pipe' })

let server: Server
let world: Awaited<ReturnType<typeof startWorld>>
let port: number

beforeAll(async () => {
  run(
    'openssl',
    'req',
    '-x509',
    '-newkey',
    'ec',
    '-pkeyopt',
    'ec_paramgen_curve:prime256v1',
    '-nodes',
    '-subj',
    '/CN=good.example',
    '-keyout',
    'key',
    '-out',
    'cert',
  )
  server = createServer(
    { key: readFileSync(join(folder, 'key')), cert: readFileSync(join(folder, 'cert')) },
    (request, response) => {
      const served = answerFor((request.url ?? '').split('?', 1)[0] ?? '')
      response.statusCode = served === undefined ? 404 : 200
      if (request.url?.startsWith('/simple/')) response.setHeader('content-type', 'text/html')
      response.end(served)
    },
  )
  port = await listening(server)
  world = await startWorld([
    `Allow http:good.example:${port}:request`,
    `Allow http:127.0.0.1:${port}:request`,
  ])
  makeRepository()
  makePackage()
  makeWheel()
})
afterAll(async () => {
  await world.close()
  server.closeAllConnections()
  server.close()
})

describe('over TLS, through the proxy that the environment names', () => {
  const inside = (script: string, env: Record<string, string> = {}) =>
    runInside(
      world.proxy.socketPath,
      `cd /tmp && ${script.replaceAll('ORIGIN', `https://good.example:${port}`)}`,
      env,
    )

  test('curl fetches', async () => {
    expect(await inside('curl -sk ORIGIN/tiny-1.0.0.tgz | wc -c')).toMatchObject({
      code: 0,
      stdout: expect.stringMatching(/^[1-9]/),
    })
  })

  test('git clones', async () => {
    const env = { GIT_SSL_NO_VERIFY: '1' }
    expect(await inside('git clone -q ORIGIN/repo.git x && cat x/file', env)).toMatchObject({
      code: 0,
      stdout: 'from git\n',
    })
  })

  test.runIf(has('npm', '--version'))('npm installs', async () => {
    const words = '--strict-ssl=false --no-audit --no-fund --no-update-notifier'
    const found = await inside(
      `npm install --registry ORIGIN ${words} tiny >/dev/null && cat node_modules/tiny/file`,
    )
    expect(found).toMatchObject({ code: 0, stdout: 'from npm\n' })
  })

  test.runIf(has('python3', '-m', 'pip', '--version'))('pip installs', async () => {
    const words = `--index-url ORIGIN/simple --trusted-host good.example --disable-pip-version-check --no-cache-dir --target d`
    const found = await inside(`python3 -m pip install -q ${words} tiny; cat d/tiny.txt`)
    expect(found).toMatchObject({ code: 0, stdout: 'from pip\n' })
  })

  test.runIf(has('mvn', '--version'))('Maven resolves', async () => {
    const pom = (rest: string) =>
      `<project><modelVersion>4.0.0</modelVersion><artifactId>a</artifactId><packaging>pom</packaging>${rest}</project>`
    const at = '<groupId>tiny</groupId><version>1.0.0</version>'
    mkdirSync(join(folder, 'tiny/tiny/1.0.0'), { recursive: true })
    writeFileSync(
      join(folder, 'tiny/tiny/1.0.0/tiny-1.0.0.pom'),
      pom(at).replace('<artifactId>a', '<artifactId>tiny'),
    )
    const own = pom(
      `<parent><artifactId>tiny</artifactId>${at}</parent><repositories><repository><id>r</id><url>ORIGIN</url></repository></repositories>`,
    )
    const insecure = '-Dmaven.wagon.http.ssl.insecure=true -Daether.connector.https.securityMode=insecure'
    const found = await inside(
      `echo '${own}' > pom.xml && mvn -B -ntp ${insecure} -Duser.home=/tmp validate && ls /tmp/.m2/repository/tiny/tiny/1.0.0`,
    )
    expect(found).toMatchObject({
      code: 0,
      stdout: expect.stringMatching(/BUILD SUCCESS[\s\S]*tiny-1\.0\.0\.pom$/m),
    })
  })

  test('fetch of the current Node fetches', async () => {
    const script = `${process.execPath} -e 'fetch("ORIGIN/repo.git/HEAD").then((r) => r.text()).then(console.log)'`
    const found = await inside(script, { NODE_TLS_REJECT_UNAUTHORIZED: '0' })
    expect(found).toMatchObject({ code: 0, stdout: expect.stringContaining('refs/heads/main') })
  })

  test('each connection was recorded as a tunnel', async () => {
    // When it is over, which the proxy hears from the forwarder.
    await expect.poll(() => world.events.length).toBeGreaterThan(4)
    for (const event of world.events) {
      expect(event).toMatchObject({ host: 'good.example', port, action: 'request', effect: 'allow' })
      expect(event.path).toBeUndefined()
    }
  })
})

function makeRepository(): void {
  run('git', 'init', '-q', '-b', 'main', 'work')
  writeFileSync(join(folder, 'work/file'), 'from git\n')
  run('git', '-C', 'work', 'add', 'file')
  run('git', '-C', 'work', '-c', 'user.name=x', '-c', 'user.email=x@x.example', 'commit', '-qm', 'first')
  run('git', 'clone', '-q', '--bare', 'work', 'repo.git')
  run('git', '-C', 'repo.git', 'update-server-info')
}

function makePackage(): void {
  mkdirSync(join(folder, 'package'))
  writeFileSync(join(folder, 'package/package.json'), JSON.stringify({ name: 'tiny', version: '1.0.0' }))
  writeFileSync(join(folder, 'package/file'), 'from npm\n')
  run('tar', 'czf', 'tiny-1.0.0.tgz', 'package')
}

function makeWheel(): void {
  const code = `import zipfile
with zipfile.ZipFile("tiny-1.0.0-py3-none-any.whl", "w") as z:
  z.writestr("tiny.txt", "from pip\\n")
  z.writestr("tiny-1.0.0.dist-info/METADATA", "Metadata-Version: 2.1\\nName: tiny\\nVersion: 1.0.0\\n")
  z.writestr("tiny-1.0.0.dist-info/WHEEL", "Wheel-Version: 1.0\\nGenerator: x\\nRoot-Is-Purelib: true\\nTag: py3-none-any\\n")
  z.writestr("tiny-1.0.0.dist-info/RECORD", "")`
  run('python3', '-c', code)
}

function answerFor(path: string): Buffer | string | undefined {
  if (path === '/tiny') return packument()
  if (path === '/simple/tiny/')
    return '<a href="/tiny-1.0.0-py3-none-any.whl">tiny-1.0.0-py3-none-any.whl</a>'
  try {
    return readFileSync(join(folder, path))
  } catch {
    return undefined
  }
}

function packument(): string {
  const integrity = `sha512-${createHash('sha512')
    .update(readFileSync(join(folder, 'tiny-1.0.0.tgz')))
    .digest('base64')}`
  const dist = { tarball: `https://good.example:${port}/tiny-1.0.0.tgz`, integrity }
  const version = { name: 'tiny', version: '1.0.0', dist }
  return JSON.stringify({ name: 'tiny', 'dist-tags': { latest: '1.0.0' }, versions: { '1.0.0': version } })
}
