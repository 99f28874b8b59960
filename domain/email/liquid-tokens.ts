import { LiquidError, Tokenizer, type TopLevelToken, TypeGuards } from 'liquidjs'

/** A `{% tag %}` or an `{{ output }}` as it stands in a text; offsets are into the text, with the delimiters. */
export interface LiquidPiece {
  readonly type: 'tag' | 'output'
  /** Of a tag: `if`, `endif`, …; empty for an output. */
  readonly name: string
  readonly begin: number
  readonly end: number
}

const topLevel = (text: string): readonly TopLevelToken[] => {
  try {
    return new Tokenizer(text).readTopLevelTokens()
  } catch (error) {
    if (!LiquidError.is(error)) throw error
    return []
  }
}

/** Every tag and output of a text, in order; none where the text cannot be read, which is told elsewhere. */
export const liquidPieces = (text: string): readonly LiquidPiece[] =>
  topLevel(text).flatMap((token): readonly LiquidPiece[] => {
    const { begin, end } = token
    if (TypeGuards.isTagToken(token)) return [{ type: 'tag', name: token.name, begin, end }]
    return TypeGuards.isOutputToken(token) ? [{ type: 'output', name: '', begin, end }] : []
  })

/** A tag that begins something, with the tags that divide it and the one that ends it. */
export interface LiquidBlock {
  readonly pieces: readonly LiquidPiece[]
}

/** Tags that belong together, `if` … `else` … `endif`; any other tag or output is alone. In order of their first piece. */
export const liquidBlocks = (pieces: readonly LiquidPiece[]): readonly LiquidBlock[] => {
  const blocks: { readonly pieces: LiquidPiece[] }[] = []
  const open: { readonly name: string; readonly block: { readonly pieces: LiquidPiece[] } }[] = []
  const endings = new Set(
    pieces.filter(({ name }) => name.startsWith('end')).map(({ name }) => name.slice('end'.length)),
  )
  for (const piece of pieces) {
    const around = open.at(-1)
    if (piece.type === 'tag' && around && piece.name === `end${around.name}`) {
      around.block.pieces.push(piece)
      open.pop()
    } else if (around && ['else', 'elsif', 'when'].includes(piece.name)) around.block.pieces.push(piece)
    else {
      const block = { pieces: [piece] }
      blocks.push(block)
      if (piece.type === 'tag' && endings.has(piece.name)) open.push({ name: piece.name, block })
    }
  }
  return blocks
}
