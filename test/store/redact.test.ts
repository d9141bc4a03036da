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
  ['ghp', body].join('_'),
  ['github', 'pat', body].join('_'),
  ['glpat', body].join('-'),
  ['npm', body].join('_'),
  ['sk', 'ant', body].join('-'),
  ['sk', 'live', body].join('_'),
  ['hf', body].join('_'),
  ['xoxb', '123456789012', body].join('-'),
  ['AKIA', 'ABCDEFGHIJKLMNOP'].join(''),
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
    { given: 'https://me:hunter2@example.com/x', stored: 'https://me:[redacted]@example.com/x' },
    { given: 'curl --token=abcdefghij -v', stored: 'curl --token=[redacted] -v' },
    { given: 'mysql --password abcdefghij', stored: 'mysql --password [redacted]' },
    { given: 'https://x.org/?api_key=abcdefghij&y=1', stored: 'https://x.org/?api_key=[redacted]&y=1' },
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

  it('finds the values of variables in any case, and escaped in JSON', () => {
    const redactor = createRedactor({ API_KEY: 'a"b\\c\nd-secretly' })
    expect(redactor.json(JSON.stringify({ x: 'A"B\\C\nD-SECRETLY' }))).toBe('{"x":"[redacted]"}')
  })
})
