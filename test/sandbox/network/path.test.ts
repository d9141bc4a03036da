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

  test('keeps the query for the server alone', () => {
    expect(parsePath('/a?token=1')).toEqual({ path: '/a', query: '?token=1' })
  })
})
