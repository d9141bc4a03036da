import { describe, expect, test } from 'vitest'
import { addressSet, classifyAddress } from '../../../src/sandbox/network/address.ts'

describe('an address that is not of the public internet is known as such', () => {
  const rows = {
    loopback: [
      '127.0.0.1',
      '127.255.255.254',
      '::1',
      '[::1]',
      '::ffff:127.0.0.1',
      '::7f00:1',
      '64:ff9b::7f00:1',
      '2002:7f00:1::',
      '2606:4700::5efe:7f00:1',
      '2606:4700::200:5efe:127.0.0.1',
    ],
    private: [
      '10.0.0.1',
      '172.16.0.1',
      '172.31.255.255',
      '192.168.1.1',
      'fc00::1',
      'fdff::1',
      'fec0::1',
      '64:ff9b:1::1',
      '2002:0a00:0001::1',
    ],
    'link-local': ['169.254.1.1', 'fe80::1', 'febf::1', '::ffff:169.254.0.1'],
    metadata: [
      '169.254.169.254',
      '169.254.170.2',
      '100.100.100.200',
      '168.63.129.16',
      '192.0.0.192',
      'fd20:ce::254',
      'fd00:ec2::254',
      '::ffff:a9fe:a9fe',
    ],
    shared: ['100.64.0.1', '100.127.255.255'],
    multicast: ['224.0.0.1', '239.1.1.1', 'ff02::1'],
    reserved: [
      '0.1.2.3',
      '192.0.0.1',
      '192.88.99.1',
      '240.0.0.1',
      '255.255.255.255',
      '100::1',
      '2001::1',
      '2001:db8::1',
      '3fff::1',
      '5f00::1',
      'fe80::1%eth0',
      'x',
    ],
    unspecified: ['0.0.0.0', '::', '::ffff:0.0.0.0'],
    public: [
      '192.0.2.1',
      '198.18.0.1',
      '203.0.113.9',
      '32.2.0.1',
      '1.1.1.1',
      '8.8.8.8',
      '100.63.255.255',
      '100.128.0.1',
      '172.15.0.1',
      '172.32.0.1',
      '192.169.0.1',
      '11.0.0.1',
      '2606:4700::1111',
      '64:ff9b::101:101',
      '2002:808:808::1',
      '2606:4700::5efe:808:808',
    ],
  }
  const flat = Object.entries(rows).flatMap(([kind, addresses]) =>
    addresses.map((address) => [address, kind] as const),
  )
  test.each(flat)('%s is %s', (address, kind) => {
    expect(classifyAddress(address)).toBe(kind)
  })

  test.each(['198.41.0.4', '::ffff:198.41.0.4', '2001:7fd:0::1', '2001:07fd::0001'])(
    '%s is own when an interface has it',
    (address) => {
      expect(classifyAddress(address, addressSet(['198.41.0.4', '2001:7fd::1']))).toBe('own')
    },
  )
})
