import { describe, expect, test } from 'vitest'
import { parsePath } from '../../../src/sandbox/network/path.ts'

describe('the path that is judged is the path that is sent', () => {
  const rows: readonly [string, string | undefined][] = [
    ['', '/'],
    ['/', '/'],
    ['/a/b?token=1/../2', '/a/b'],
    ['/%61dmin', '/admin'],
    ['/a%2fb', '/a%2Fb'],
    ['/...', '/...'],
    ['/.well-known/x', '/.well-known/x'],
    ['/public/../admin', undefined],
    ['/public/%2e%2e/admin', undefined],
    ['/public/.%2E/admin', undefined],
    ['/public%2f..%2fadmin', undefined],
    ['/public/..;/admin', undefined],
    ['/public/..%3bx/admin', undefined],
    ['/public/..', undefined],
    ['/./admin', undefined],
    ['/public/%252e%252E/admin', undefined],
    ['/public/%25252e%25%32%65/admin', undefined],
    ['/public%252f.%252e%255cadmin', undefined],
    ['/scope%252Fname/100%25', '/scope%252Fname/100%25'],
    ['/a\\..\\admin', undefined],
    ['/a%5c..%5cadmin', undefined],
    ['/a%00', undefined],
    ['/a%zz', undefined],
    ['/a%2', undefined],
    ['/a#b', undefined],
    ['/a b', undefined],
    ['/ä', undefined],
    ['*', undefined],
  ]
  test.each(rows)('%j', (written, expected) => {
    expect(parsePath(written)?.path).toBe(expected)
  })

  test('finds a dot that is escaped five thousand times', () => {
    expect(parsePath(`/%${'25'.repeat(5_000)}2e/x`)).toBeUndefined()
  })

  test('keeps the query for the server alone', () => {
    expect(parsePath('/a?token=1')).toEqual({ path: '/a', query: '?token=1' })
  })
})
