import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createRedactor } from '../../src/store/redact.ts'

const { text, json } = createRedactor({ NPM_TOKEN: 'abcd1234efgh' })

/** Looks like nothing, and stands nowhere else in what is made around it. */
const secret = fc.stringMatching(/^Zq[0-9A-Za-z/+]{6,30}$/)
const around = fc.stringMatching(/^[a-y ,.:;=/@-]{0,20}$/)

const places: readonly ((secret: string) => string)[] = [
  (secret) => `--password ${secret}`,
  (secret) => `--client-secret='${secret}'`,
  (secret) => `API_KEY=${secret}`,
  (secret) => `https://x.org/?access_token=${encodeURIComponent(secret)}&page=2`,
  (secret) => `"https://me:${secret}@x.org/a"`,
  (secret) => JSON.stringify({ user: 'me', password: secret, more: 1 }),
  (secret) => JSON.stringify(JSON.stringify({ user: 'me', password: secret, more: 1 })),
  (secret) => `-H "Authorization: Bearer ${secret}"`,
  (secret) => `-H 'Cookie: sid=${secret}'`,
  (secret) => `curl -u me:${secret}`,
  (secret) => `mysql -uroot -p${secret}`,
]

describe('redaction', () => {
  it('leaves nothing of a secret in its place, whatever stands around it', () => {
    fc.assert(
      fc.property(fc.constantFrom(...places), secret, around, around, (place, secret, before, after) => {
        const given = `${before} ${place(secret)} ${after}`
        expect(text(given)).not.toContain(secret)
        expect(text(given)).not.toContain(encodeURIComponent(secret))
        expect(json(JSON.stringify({ deep: [{ given }] }))).not.toContain('Zq')
      }),
    )
  })

  it('takes out nothing more when it is done again', () => {
    const piece = fc.oneof(
      fc.constantFrom(...places.map((place) => place('Zq12345678'))),
      fc.constantFrom(
        'password',
        'token',
        '=',
        ': ',
        '--',
        '"',
        "'",
        '\\',
        ' ',
        '[redacted]',
        '://',
        '@',
        'abcd1234efgh',
      ),
      fc.string(),
    )
    fc.assert(
      fc.property(fc.array(piece), (pieces) => {
        const once = text(pieces.join(''))
        expect(text(once)).toBe(once)
      }),
    )
  })

  it('leaves a text alone in which nothing is called a secret', () => {
    const word = fc
      .stringMatching(/^[a-z0-9][a-z0-9._/-]{0,12}$/)
      .filter((word) => !/pass|token|secret|key|sig|pwd|cred|auth/.test(word))
    const pair = fc
      .tuple(word, fc.constantFrom('=', ': ', ' ', '://', '":"', ' --'), word)
      .map((parts) => parts.join(''))
    fc.assert(
      fc.property(fc.array(pair), (pairs) => {
        expect(text(pairs.join(' '))).toBe(pairs.join(' '))
      }),
    )
  })

  // Each of them takes hours where a part of a pattern is tried again from every place.
  it.each(
    [
      [' ', 'a', 'a.', '-', '_', ':', '=', '@', '"', "'", '\\', '\\"', '[redacted'],
      ['bearer ', 'authorization: ', 'cookie: a=', 'password: "', 'token=', 'token = ', 'key:', '--token '],
      [
        'eyJ-',
        'eyJaaaaaaaa.',
        'SG.aaaaaaaaaaaaaaaaa-',
        'sk-',
        'xoxb-',
        '-----BEGIN ',
        'x://u:',
        'x://u@',
        '://:',
      ],
      ['mysql ', 'curl -u ', 'login -', 'token="a', "token='a", 'token=$(', 'token:token'],
    ].flat(),
  )('is soon done with any number of `%s`', (piece) => {
    const hostile = piece.repeat(300_000 / piece.length)
    for (const given of [hostile, `bearer${hostile}`, `${hostile}password`])
      expect(typeof text(given)).toBe('string')
  })
})
