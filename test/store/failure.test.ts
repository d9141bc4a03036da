import { expect, it } from 'vitest'
import { OosError } from '../../src/shared/errors.ts'
import { storeFailure } from '../../src/store/failure.ts'

const failed = (code: string) => Object.assign(new Error(code), { code })

it.each([
  ['SQLITE_BUSY_SNAPSHOT', 'store-locked'],
  ['SQLITE_CORRUPT_VTAB', 'store-corrupt'],
  ['EDQUOT', 'store-full'],
  ['SQLITE_IOERR_SHMSIZE', 'store-full'],
  ['ELOOP', 'store-unwritable'],
  ['SQLITE_IOERR_READ', 'store-unwritable'],
  ['SQLITE_IOERR_SHORT_READ', 'store-corrupt'],
  ['SQLITE_TOOBIG', 'failed'],
])('%s is said as `%s`', (given, code) => {
  expect(storeFailure(failed(given), '/x/atlas.db')).toMatchObject({ code, cause: failed(given) })
})

it.each([
  failed('ERR_INVALID_ARG_TYPE'),
  new TypeError('x'),
  new OosError('run-unknown', 'x', { hint: 'y' }),
  null,
])('what is not of the database stays what it is: %s', (error) => {
  expect(storeFailure(error, '/x/atlas.db')).toBe(error)
})
