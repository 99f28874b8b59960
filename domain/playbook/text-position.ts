export interface TextPosition {
  readonly line: number
  readonly column: number
}

/** Line and column, from 1, of an offset into `text`; beyond its end: its end. */
export const positionAt = (text: string, offset: number): TextPosition => {
  const before = text.slice(0, offset)
  const lines = before.split('\n')
  return { line: lines.length, column: (lines.at(-1)?.length ?? 0) + 1 }
}
