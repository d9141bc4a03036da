import { describe, expect, it } from 'vitest'
import { createRedactor } from '../../src/store/redact.ts'

const env = {
  NPM_TOKEN: 'abcd1234efgh',
  DB_PASSWORD: 'p(a)s.s*word+[x]',
  SHORT_TOKEN: 'yes',
  SSH_AUTH_SOCK: '/run/user/1000/agent.sock',
  PWD: '/work/shop/deep',
  PATH: '/usr/bin:/bin-of-paths',
}
// Put together here, so that no scanner takes the rows for real ones.
const body = 'A1b2C3d4E5f6G7h8I9j0K1l2M3n4O5p6Q7r8S9t0'
const secrets = [
  ...['ghp', 'gho', 'ghu', 'ghs', 'ghr'].map((issuer) => [issuer, body].join('_')),
  ['github', 'pat', body].join('_'),
  ['glpat', body].join('-'),
  ['npm', body].join('_'),
  ['pypi', body].join('-'),
  ['dckr_pat', body].join('_'),
  ['sk', 'ant', body].join('-'),
  ...['sk_live', 'sk_test', 'rk_live', 'rk_test'].map((issuer) => [issuer, body].join('_')),
  ['hf', body].join('_'),
  ['xoxb', '123456789012', body].join('-'),
  ['AKIA', 'ABCDEFGHIJKLMNOP'].join(''),
  ['ASIA', 'ABCDEFGHIJKLMNOP'].join(''),
  ['SG', body.slice(0, 22), body].join('.'),
  ['AIza', body].join(''),
  ['eyJhbGciOiJI', 'eyJzdWIiOiIx', 'c2lnbmF0dXJl'].join('.'),
  ['-----BEGIN RSA PRIVATE', 'KEY-----\nMIIE\n-----END RSA PRIVATE', 'KEY-----'].join(' '),
  ['-----BEGIN PGP PRIVATE', 'KEY BLOCK-----\nlQOY\n-----END PGP PRIVATE', 'KEY BLOCK-----'].join(' '),
  ...['glrt', 'glptt', 'gldt', 'glagent'].map((issuer) => [issuer, body].join('-')),
  ...['gsk', 'shpat', 'lin_api', 'dop_v1', 'whsec'].map((issuer) => [issuer, body].join('_')),
  ['rubygems', '0123456789abcdef'.repeat(3)].join('_'),
  ['nvapi', body].join('-'),
  ['xapp', '1', body].join('-'),
  ['ya29', body].join('.'),
  ['hvs', body].join('.'),
  ['AGE-SECRET-KEY-1', 'Q2W3E4R5T6'.repeat(6)].join(''),
  ['eyJhbGciOiJI', '', 'aXYtaXYtaXY', 'Y2lwaGVy', 'dGFn'].join('.').replace('..', '.ZW5jLWtleQ.'),
]

describe('redaction', () => {
  const { text, json } = createRedactor(env)

  it.each(secrets)('takes out %s', (secret) => {
    expect(text(`before ${secret} after`)).toBe('before [redacted] after')
    expect(JSON.parse(json(JSON.stringify({ deep: [{ text: `x ${secret} y` }] })))).toEqual({
      deep: [{ text: 'x [redacted] y' }],
    })
  })

  it.each([
    { given: 'Authorization: Bearer abcdefghijklmnopqrstuvwx', stored: 'Authorization: Bearer [redacted]' },
    { given: 'authorization: basic bWU6aHVudGVyMg==', stored: 'authorization: basic [redacted]' },
    { given: 'Authorization: token abcdefgh', stored: 'Authorization: token [redacted]' },
    { given: 'it said Bearer abcdefghijklmnop', stored: 'it said Bearer [redacted]' },
    { given: 'https://me:hunter2@example.com/x', stored: 'https://me:[redacted]@example.com/x' },
    { given: 'https://me:hunt@er2@example.com/x', stored: 'https://me:[redacted]@example.com/x' },
    { given: 'redis://:hunter2@example.com', stored: 'redis://:[redacted]@example.com' },
    { given: 'curl --token=abcdefghij -v', stored: 'curl --token=[redacted] -v' },
    { given: 'mysql --password abcdefghij', stored: 'mysql --password [redacted]' },
    { given: 'https://x.org/?api_key=abcdefghij&y=1', stored: 'https://x.org/?api_key=[redacted]&y=1' },
    { given: 'DB_PASSWORD=abcdefghij npm start', stored: 'DB_PASSWORD=[redacted] npm start' },
    { given: 'AWS_SECRET_ACCESS_KEY="abcdefghij"', stored: 'AWS_SECRET_ACCESS_KEY="[redacted]"' },
    { given: 'PGPASSWORD=abcdefghij psql', stored: 'PGPASSWORD=[redacted] psql' },
    { given: 'client_secret=abcdefghij&x=1', stored: 'client_secret=[redacted]&x=1' },
    { given: 'https://me:a/b@example.com/x', stored: 'https://me:[redacted]@example.com/x' },
    { given: 'https://me:a%40b@c@example.com', stored: 'https://me:[redacted]@example.com' },
    { given: 'https://me:1234@example.com', stored: 'https://me:[redacted]@example.com' },
    { given: `https://${body}@example.com/x`, stored: 'https://[redacted]@example.com/x' },
    { given: `https://${body}:x-oauth@example.com`, stored: 'https://[redacted]:[redacted]@example.com' },
    { given: 'curl -u me:hunter2 https://x.org', stored: 'curl -u me:[redacted] https://x.org' },
    { given: "curl -sS --user 'me:a b' -v", stored: "curl -sS --user 'me:[redacted] b' -v" },
    { given: "curl -b 'sid=abc' x.org", stored: "curl -b '[redacted]' x.org" },
    { given: 'mysql -h db -uroot -phunter2 shop', stored: 'mysql -h db -uroot -p[redacted] shop' },
    { given: '/usr/bin/mysqldump -phunter2', stored: '/usr/bin/mysqldump -p[redacted]' },
    { given: 'sshpass -p hunter2 ssh db', stored: 'sshpass -p [redacted] ssh db' },
    { given: 'redis-cli -h db -a hunter2 get x', stored: 'redis-cli -h db -a [redacted] get x' },
    { given: 'docker login -u me -p hunter2 x.org', stored: 'docker login -u me -p [redacted] x.org' },
    { given: 'openssl rsa -passin pass:hunter2', stored: 'openssl rsa -passin pass:[redacted]' },
    { given: 'vault -token=s3c', stored: 'vault -token=[redacted]' },
    { given: 'gradle -Drepo.password=hunter2', stored: 'gradle -Drepo.password=[redacted]' },
    { given: 'x --password hunter2 -v', stored: 'x --password [redacted] -v' },
    { given: 'x --client-secret \\\n  hunter2', stored: 'x --client-secret \\\n  [redacted]' },
    { given: 'x --password="a b" y', stored: 'x --password="[redacted]" y' },
    { given: 'x --password="a\nb" y', stored: 'x --password="[redacted]" y' },
    { given: 'x --password="a\\"b" y', stored: 'x --password="[redacted]" y' },
    { given: "x --password='it'\\''s mine' y", stored: "x --password='[redacted]' y" },
    { given: 'x --password=a"b c"d y', stored: 'x --password=[redacted] y' },
    { given: 'x --password="never ends', stored: 'x --password="[redacted]' },
    { given: "sh -c 'TOKEN=abc npm test'", stored: "sh -c 'TOKEN=[redacted] npm test'" },
    { given: 'export FOO_SECRET=a,b; x', stored: 'export FOO_SECRET=[redacted]; x' },
    { given: '//npm.x.org/:_authToken=abc', stored: '//npm.x.org/:_authToken=[redacted]' },
    {
      given: '/x?access_token=a&sig=b%2F&page=2',
      stored: '/x?access_token=[redacted]&sig=[redacted]&page=2',
    },
    { given: '/x?X-Amz-Signature=0a1b#top', stored: '/x?X-Amz-Signature=[redacted]' },
    { given: '{"password":"a","user":"b"}', stored: '{"password":"[redacted]","user":"b"}' },
    { given: '{"api_key": "a\\"b", "x": 1}', stored: '{"api_key": "[redacted]", "x": 1}' },
    { given: '{"password":123456}', stored: '{"password":[redacted]' },
    { given: '"{\\"apiKey\\": \\"a b\\"}"', stored: '"{\\"apiKey\\": \\"[redacted]\\"}"' },
    { given: "{ 'clientSecret': 'a' }", stored: "{ 'clientSecret': '[redacted]' }" },
    { given: 'password: hunter2', stored: 'password: [redacted]' },
    { given: 'token = "abc"', stored: 'token = "[redacted]"' },
    { given: 'X-Api-Key: a1b2c3d4', stored: 'X-Api-Key: [redacted]' },
    { given: "-H 'Authorization: Basic YTpi' -v", stored: "-H 'Authorization: Basic [redacted]' -v" },
    { given: 'Authorization: a1b2c3d4', stored: 'Authorization: [redacted]' },
    { given: '{"Authorization":"Bearer a.b"}', stored: '{"Authorization":"Bearer [redacted]"}' },
    { given: 'Cookie: sid=a; csrf=b', stored: 'Cookie: [redacted]' },
    { given: 'PRIVATE_KEY=0xabc cmd', stored: 'PRIVATE_KEY=[redacted] cmd' },
    { given: `it is ${env.NPM_TOKEN}.`, stored: 'it is [redacted NPM_TOKEN].' },
    { given: `it is ${env.DB_PASSWORD}.`, stored: 'it is [redacted DB_PASSWORD].' },
  ])('stores $given as $stored', ({ given, stored }) => {
    expect(text(given)).toBe(stored)
    expect(json(JSON.stringify(given))).toBe(JSON.stringify(stored))
  })

  it.each([
    'yes, a short value stays',
    'cd /work/shop/deep && ls /run/user/1000/agent.sock',
    'PATH=/usr/bin:/bin-of-paths',
    'https://example.com:8443/token/list?page=2',
    'src/secrets/readme.md and the password policy',
    'npm run test -- --token',
    'x --token-file ~/.token --password-stdin --key server.key --no-password',
    'x --password --user me',
    'use --password to log in, and the token as well',
    'the password: must be long; error: token: expired',
    `TOKEN=$TOKEN curl -H "Authorization: Bearer $TOKEN" --token "\${TOKEN}" --secret id=npm,src=x`,
    `password=%PASSWORD% token={{ token }} secret=\${{ secrets.X }} token=$(cat x) pass=12`,
    '**Allow** `secret:key1{to:10.1.2.3}`, `env:API_KEY1:read`',
    '**Deny** `shell:login --token *`, `shell:mysql --password=**`',
    '{"secretName":"db-1","token_type":"bearer1","max_tokens":12345,"tokens":["a1b2c3"],"key":"a1b2c3"}',
    'http://host:3000,a@b http://host:3000/@scope/x http://host:3000?a@b [http://host:3000](a@b)',
    '{"url":"http://host:3000","author":"me@x.org"} http://[::1]:80/@x http://h:$PORT/a@b',
    'docker-image://alpine:3.8@sha256:0a1b2c git+ssh://git@host.org/x@1.0',
    'commit 0a1b2c3d4e5f60718293a4b5c6d7e8f901234567 of sha256:0a1b2c3d4e5f60718293a4b5c6d7e8f9',
    'mysql -P 3306 -p shop; docker run -u 1000:1000 -p 80:80; curl -p https://x.org:80/a',
    'sk-loading-spinner-and-wrapper',
    'GIT_CONFIG_KEY_0=core.hooksPath',
    'a task-runner and a disk-usage-report-generator',
  ])('leaves `%s` alone', (plain) => {
    expect(text(plain)).toBe(plain)
    expect(json(JSON.stringify(plain))).toBe(JSON.stringify(plain))
  })

  it('takes out the word after an option that names a secret', () => {
    const words = [
      'login',
      '--password',
      'hunter2hunter2',
      '--Token',
      'short',
      '--api-key',
      'abcdefghij',
      'x',
    ]
    const stored = [
      'login',
      '--password',
      '[redacted]',
      '--Token',
      '[redacted]',
      '--api-key',
      '[redacted]',
      'x',
    ]
    expect(json(JSON.stringify({ command: words }))).toBe(JSON.stringify({ command: stored }))
  })

  it.each(['password', 'passwd', 'token', 'secret', 'api-key', 'api_key', 'apikey', 'access-key'])(
    'takes out what follows --%s, and what is assigned to it',
    (name) => {
      const given = [`--${name} abcdefghij`, `--${name}=abcdefghij`, `${name}='abcdefghij'`]
      expect(given.map(text)).toEqual([
        `--${name} [redacted]`,
        `--${name}=[redacted]`,
        `${name}='[redacted]'`,
      ])
      const words = JSON.parse(json(JSON.stringify({ command: [`--${name}`, 'abcdefghij'] })))
      expect(words).toEqual({ command: [`--${name}`, '[redacted]'] })
    },
  )

  it.each([
    { given: ['x', '--password', 'a long one'], stored: ['x', '--password', '[redacted]'] },
    { given: ['x', '--password=a long one', 'y'], stored: ['x', '--password=[redacted]', 'y'] },
    { given: ['env', 'X_TOKEN=a "b', 'y'], stored: ['env', 'X_TOKEN=[redacted]', 'y'] },
    { given: ['sh', '-c', 'X_TOKEN=abc npm test'], stored: ['sh', '-c', 'X_TOKEN=[redacted] npm test'] },
    { given: ['curl', '-u', 'me:a b', 'x.org'], stored: ['curl', '-u', 'me:[redacted]', 'x.org'] },
    { given: ['curl', '-ume:a b', 'x.org'], stored: ['curl', '-ume:[redacted]', 'x.org'] },
    { given: ['mysql', '-pa b', 'shop'], stored: ['mysql', '-p[redacted]', 'shop'] },
    { given: ['docker', 'login', '-p', 'a b'], stored: ['docker', 'login', '-p', '[redacted]'] },
    { given: ['x', '--token', '--verbose'], stored: ['x', '--token', '--verbose'] },
    { given: ['x', '--password', 'NPM_TOKEN'], stored: ['x', '--password', '[redacted]'] },
  ])('takes out of the words $given, and of the same command in one text', ({ given, stored }) => {
    const events = [
      json(JSON.stringify({ command: given })),
      json(JSON.stringify({ target: given.join(' ') })),
    ]
    expect(events.map((event) => JSON.parse(event))).toEqual([
      { command: stored },
      { target: stored.join(' ') },
    ])
  })

  it.each([0, 1, 2, 3, 4])('finds a value in base64 of a longer text, %i letters into it', (ahead) => {
    const long = `${'u'.repeat(ahead)}${env.NPM_TOKEN}:more`
    for (const coding of ['base64', 'base64url'] as const)
      expect(text(Buffer.from(long).toString(coding))).toContain('[redacted')
  })

  it('finds a value in a URL, the password of a URL, and the lines of a longer value', () => {
    const lines = ['first line of it all', 'x', 'second line of it all'].join('\n')
    const { text } = createRedactor({
      A_KEY: 'a/b?c=d&e',
      REDIS: 'redis://me:hunter2hunter2@x',
      B_KEY: lines,
    })
    expect(text('?x=a%2Fb%3Fc%3Dd%26e')).toBe('?x=[redacted A_KEY]')
    expect(text('it is hunter2hunter2')).toBe('it is [redacted REDIS]')
    expect(text('> second line of it all\n> x')).toBe('> [redacted B_KEY]\n> x')
  })

  it('takes out a private key whose end was cut off', () => {
    const start = ['-----BEGIN PRIVATE', 'KEY-----'].join(' ')
    expect(text(`${start}\nMIIE\nMIIE`)).toBe('[redacted]')
  })

  it.each(
    [
      ['TOKEN', 'SECRET', 'PASSWORD', 'PASSWD', 'PASSPHRASE', 'PASS', 'KEY', 'APIKEY', 'CREDENTIAL'],
      ['CREDENTIALS', 'AUTH', 'COOKIE', 'PAT', 'DSN', 'DATABASE_URL', 'WEBHOOK_URL', 'DB_PWD', 'x_token_y'],
      ['PGPASSWORD', 'SSHPASS', 'MYAPIKEY', 'authToken'],
    ].flat(),
  )('takes out the value of %s', (name) => {
    expect(createRedactor({ [name]: 'abcd1234efgh' }).text('abcd1234efgh')).toBe(`[redacted ${name}]`)
  })

  it.each(
    [
      ['PWD', 'OLDPWD', 'AUTH_SOCK', 'TOKEN_FILE', 'KEY_PATH', 'SECRET_DIR', 'ACCESS_KEY_ID', 'AUTH_PID'],
      ['SECRET_NAME', 'TOKEN_URL_PREFIX', 'KEYBOARD', 'MONKEY', 'COMPASS', 'AUTHOR', 'PATH', 'HOME'],
    ].flat(),
  )('leaves the value of %s', (name) => {
    expect(createRedactor({ [name]: 'abcd1234efgh' }).text('abcd1234efgh')).toBe('abcd1234efgh')
  })

  it('takes out the longer of two values of which one begins the other', () => {
    const { text } = createRedactor({ A_TOKEN: 'abcd1234', B_TOKEN: 'abcd1234efgh' })
    expect(text('abcd1234efgh abcd1234')).toBe('[redacted B_TOKEN] [redacted A_TOKEN]')
  })

  it('finds the values of variables in any case, and escaped in JSON', () => {
    const redactor = createRedactor({ API_KEY: 'a"b\\c\nd-quietly' })
    expect(redactor.json(JSON.stringify({ x: 'A"B\\C\nD-QUIETLY' }))).toBe('{"x":"[redacted]"}')
  })
})
