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
    const stored = ['login', '--password', '[redacted]', '--Token', 'short', '--api-key', '[redacted]', 'x']
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
