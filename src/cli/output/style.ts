import { styleText } from 'node:util'

type Format = Parameters<typeof styleText>[0]
export type Paint = (text: string) => string

/** The few ways in which oos sets text apart. Meaning never hangs on colour alone. */
export interface Style {
  readonly bold: Paint
  readonly dim: Paint
  readonly good: Paint
  readonly bad: Paint
  readonly warn: Paint
  readonly place: Paint
}

export interface ColorFacts {
  readonly isTTY: boolean
  readonly env: Readonly<Record<string, string | undefined>>
  /** `--no-color` was given. */
  readonly refused: boolean
}

/** `--no-color`, then FORCE_COLOR, then NO_COLOR, then whether somebody looks. */
export function wantsColor({ isTTY, env, refused }: ColorFacts): boolean {
  if (refused) return false
  if (env.FORCE_COLOR !== undefined) return !['0', 'false'].includes(env.FORCE_COLOR)
  if (env.NO_COLOR !== undefined && env.NO_COLOR !== '') return false
  return isTTY && env.TERM !== 'dumb'
}

export function createStyle(color: boolean): Style {
  const paint = (format: Format): Paint =>
    color ? (text) => styleText(format, text, { validateStream: false }) : (text) => text
  return {
    bold: paint('bold'),
    dim: paint('dim'),
    good: paint('green'),
    bad: paint('red'),
    warn: paint('yellow'),
    place: paint('cyan'),
  }
}
