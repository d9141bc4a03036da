import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { parseAuthority } from '../../../src/sandbox/network/authority.ts'

describe('an authority is read as what will be dialled', () => {
  const rows: readonly [string, string | undefined][] = [
    ['example.com:443', 'example.com:443'],
    ['EXAMPLE.com.:443', 'example.com:443'],
    ['xn--bcher-kva.example:443', 'xn--bcher-kva.example:443'],
    ['127.0.0.1:80', '127.0.0.1:80'],
    ['0x7f.1:80', '127.0.0.1:80'],
    ['0177.0.0.1:80', '127.0.0.1:80'],
    ['2130706433:80', '127.0.0.1:80'],
    ['127.1:80', '127.0.0.1:80'],
    ['127.0.0.1.:80', '127.0.0.1:80'],
    ['0:80', '0.0.0.0:80'],
    ['[::1]:80', '[::1]:80'],
    ['[0:0:0:0:0:0:0:1]:80', '[::1]:80'],
    ['[::ffff:127.0.0.1]:80', '127.0.0.1:80'],
    ['[::FFFF:7f00:1]:80', '127.0.0.1:80'],
    ['example.com', undefined],
    ['example.com:', undefined],
    ['example.com:0', undefined],
    ['example.com:65536', undefined],
    ['example.com:0443', undefined],
    ['example.com:443x', undefined],
    ['example.com:80:443', undefined],
    [':443', undefined],
    ['.:443', undefined],
    ['a..b:443', undefined],
    ['example.com..:443', undefined],
    ['user@example.com:443', undefined],
    ['user:pass@example.com:443', undefined],
    ['good.example#@evil.example:443', undefined],
    ['evil.example\0.good.example:443', undefined],
    ['evil.example%00.good.example:443', undefined],
    ['evil.example\r\nHost: good.example:443', undefined],
    ['good.example\t:443', undefined],
    ['good.example/:443', undefined],
    ['good.example\\@evil.example:443', undefined],
    ['bücher.example:443', undefined],
    ['gооd.example:443', undefined], // Cyrillic
    ['good。example:443', undefined],
    ['①②⑦.0.0.1:80', undefined],
    ['1.2.3.4.5:80', undefined],
    ['256.1.1.1:80', undefined],
    ['1.2.3.0x:80', '1.2.3.0:80'],
    ['::1:80', undefined],
    ['[::1', undefined],
    ['[fe80::1%25eth0]:80', undefined],
    ['[::1]evil.example:80', undefined],
  ]
  test.each(rows)('%j', (written, expected) => {
    const read = parseAuthority(written)
    expect(read && `${read.host}:${read.port}`).toBe(expected)
  })
})

test('every notation of an IPv4 address is that address', () => {
  const part = fc.tuple(fc.nat(255), fc.constantFrom(10, 8, 16))
  fc.assert(
    fc.property(fc.tuple(part, part, part, part), fc.integer({ min: 1, max: 4 }), (parts, count) => {
      const bytes = parts.map(([byte]) => byte)
      const tail = bytes.slice(count - 1).reduce((number, byte) => number * 256 + byte, 0)
      const written = [...bytes.slice(0, count - 1), tail].map((number, at) =>
        inBase(number, parts[at]?.[1] ?? 10),
      )
      expect(parseAuthority(`${written.join('.')}:80`)?.host).toBe(bytes.join('.'))
    }),
  )
})

function inBase(number: number, base: number): string {
  return (base === 16 ? '0x' : base === 8 ? '0' : '') + number.toString(base)
}
