import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** For what git reads from a file alone: one that is gone afterwards, and not there yet for no content. */
export function withFile<Answer>(
  content: string | Uint8Array | undefined,
  use: (file: string) => Answer,
): Answer {
  const folder = mkdtempSync(join(tmpdir(), 'oos-git-'))
  try {
    const file = join(folder, 'file')
    if (content !== undefined) writeFileSync(file, content)
    return use(file)
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}
