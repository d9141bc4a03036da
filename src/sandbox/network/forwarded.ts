import type { Duplex } from 'node:stream'
import { OosError } from '../../shared/errors.ts'

/**
 * Resolves when the forwarder listens.
 *
 * @throws OosError `sandbox-failed`
 */
export function untilForwarded(forwarder: Duplex): Promise<void> {
  let said = ''
  return new Promise((resolve, reject) => {
    const fail = () => {
      const why = said === '' ? 'the forwarder ended' : said
      reject(new OosError('sandbox-failed', `there is no way to the proxy: ${why}`, { hint: 'oos doctor' }))
    }
    forwarder.on('error', fail).once('close', fail)
    forwarder.on('data', (chunk) => {
      said += chunk
      if (said === 'ready\n') resolve()
    })
  })
}
