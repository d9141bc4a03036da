import type { OosError } from '../../shared/errors.ts'

/** The version of every JSON document that oos prints. A field may be added within a version, never changed or dropped. */
export const envelopeVersion = 1

/** What `--json` prints for an answer. */
export function renderEnvelope(command: string, data: unknown): string {
  return `${JSON.stringify({ version: envelopeVersion, command, data }, null, 2)}\n`
}

/** What `--json` prints for an error; absent parts are left out. */
export function renderErrorEnvelope({ code, message, hint, place }: OosError): string {
  return `${JSON.stringify({ version: envelopeVersion, error: { code, message, hint, place } }, null, 2)}\n`
}
