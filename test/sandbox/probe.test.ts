import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { readFacts } from '../../src/sandbox/facts.ts'
import { namespaceFix } from '../../src/sandbox/namespaces.ts'
import { probeSandbox } from '../../src/sandbox/probe.ts'

const machine = readFacts(process.env)

it('a machine that can confine says so, having tried to leave', async () => {
  const rows = await probeSandbox(machine)
  expect(rows.map(({ name, ok }) => `${name} ${ok}`)).toEqual([
    'bubblewrap true',
    'sandbox true',
    'network stage true',
    'limits true',
    'terminal true',
  ])
})

it('without bubblewrap nothing is tried, and the row says what to type', async () => {
  const { bubblewrap: _, ...without } = machine
  expect(await probeSandbox(without)).toMatchObject([
    { name: 'bubblewrap', ok: false, fix: 'sudo apt install bubblewrap' },
  ])
})

it('a sandbox that does not start is shown with what bubblewrap says', async () => {
  const path = join(mkdtempSync(join(tmpdir(), 'oos-probe-')), 'bwrap')
  writeFileSync(path, '#!/bin/sh\necho "bwrap: No permissions to create a new namespace" >&2\nexit 1\n', {
    mode: 0o755,
  })
  const rows = await probeSandbox({ ...machine, bubblewrap: { path, version: '0.8.0' } })
  expect(rows[1]).toMatchObject({
    name: 'sandbox',
    ok: false,
    detail: 'bwrap: No permissions to create a new namespace',
  })
})

describe('what closes user namespaces is named with what to type', () => {
  it.each([
    { file: 'proc/sys/user/max_user_namespaces', value: '0', fix: 'user.max_user_namespaces' },
    { file: 'proc/sys/kernel/unprivileged_userns_clone', value: '0', fix: 'unprivileged_userns_clone=1' },
    { file: 'proc/sys/kernel/apparmor_restrict_unprivileged_userns', value: '1', fix: 'apparmor_parser' },
    { file: '.dockerenv', value: '', fix: '--security-opt' },
  ])('$file', ({ file, value, fix }) => {
    const root = `${mkdtempSync(join(tmpdir(), 'oos-root-'))}/`
    mkdirSync(dirname(join(root, file)), { recursive: true })
    writeFileSync(join(root, file), `${value}\n`)
    expect(namespaceFix(root)).toContain(fix)
  })
})
