import { examine, type Finding } from '../../ops/doctor.ts'
import { exitCodes } from '../../shared/errors.ts'
import type { Define } from '../command.ts'
import { sanitizeLine } from '../output/sanitize.ts'
import type { Style } from '../output/style.ts'

/** `oos doctor`: whether this machine can do what `oos run` needs, found out by doing it. */
export const doctor: Define = (_command, terminal) => async () => {
  const findings = await examine({ cwd: terminal.cwd(), env: terminal.env })
  const wrong = findings.filter(({ ok }) => !ok)
  terminal.answer('doctor', { ok: wrong.length === 0, findings }, () =>
    findings.map((finding) => renderFinding(finding, terminal.style)).join(''),
  )
  if (wrong.length === 0) return exitCodes.done
  return wrong.every(({ written }) => written) ? exitCodes.invalid : exitCodes.unable
}

function renderFinding({ name, ok, missing, detail, fix }: Finding, style: Style): string {
  const here = missing ? style.warn('○') : style.good('✓')
  const mark = ok ? here : style.bad('✗')
  const remedy = fix === undefined ? '' : `  ${' '.repeat(16)}${style.dim('type')} ${sanitizeLine(fix)}\n`
  return `${mark} ${name.padEnd(16)} ${sanitizeLine(detail)}\n${remedy}`
}
