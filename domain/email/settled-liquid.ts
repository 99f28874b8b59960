import { Liquid } from 'liquidjs'
import { variablesIn } from './filled-values.ts'
import { type LiquidPiece, liquidBlocks, liquidPieces } from './liquid-tokens.ts'

/** What is the same for every reader of an email, `email.language` or `brand.accent`; undefined where it is not given. */
export type Constants = Readonly<Record<'email' | 'brand', Readonly<Record<string, string | undefined>>>>

const engine = new Liquid({ ownPropertyOnly: true, templates: {} })

const isConstant = (variable: string): boolean => /^(email|brand)\./.test(variable)

const inner = (text: string, { begin, end }: LiquidPiece): string => text.slice(begin + 2, end - 2)

/** The arguments of a tag: what stands behind its name. */
const argumentsOf = (text: string, piece: LiquidPiece): string =>
  inner(text, piece)
    .replace(/^-?\s*\w+/, '')
    .replace(/-$/, '')

const deciding = ['if', 'unless', 'case', 'elsif', 'when']

/** Which branch of a block is taken, where that is the same for every reader; branches are counted by their tags. */
const branchTaken = (
  text: string,
  block: readonly LiquidPiece[],
  constants: Constants,
): number | undefined => {
  const conditions = block
    .filter(({ name }) => deciding.includes(name))
    .map((piece) => argumentsOf(text, piece))
  const variables = conditions.flatMap(variablesIn)
  if (variables.length === 0 || !variables.every(isConstant)) return undefined
  const skeleton = block
    .map((piece, index) => `{% ${inner(text, piece).replace(/^-|-$/g, '')} %}${index}`)
    .join('')
  try {
    const taken = String(engine.parseAndRenderSync(skeleton, constants)).trim()
    // The digit behind the end tag is always written; the one before it tells the branch.
    const ending = String(block.length - 1)
    const branch = taken.slice(0, taken.length - ending.length)
    return branch === '' ? -1 : Number(branch)
  } catch {
    return undefined
  }
}

/** Keeps the place of what is taken out, until the constants are written in. */
const gap = '\u0003'

const blank = (text: string, begin: number, end: number): string =>
  text.slice(0, begin) + text.slice(begin, end).replaceAll(/[^\n]/g, gap) + text.slice(end)

/**
 * Takes out what is not for this email: branches of `if`, `unless` and `case` that ask for `email.*` and `brand.*` alone.
 * They may stand anywhere, around sections too. What goes leaves a gap, so that every place stays where it was.
 */
export const settleBranches = (written: string, constants: Constants): string => {
  let text = written
  for (const { pieces } of liquidBlocks(liquidPieces(written))) {
    const [first] = pieces
    if (first === undefined || !['if', 'unless', 'case'].includes(first.name)) continue
    const taken = branchTaken(written, pieces, constants)
    if (taken === undefined) continue
    for (const [index, piece] of pieces.entries()) {
      const end = pieces[index + 1]?.begin ?? piece.end
      text = blank(text, piece.begin, index === taken ? piece.end : end)
    }
  }
  return text
}

const literal = (value: string | undefined): string => {
  if (value === undefined) return 'nil'
  return value.includes('"') ? `'${value.replaceAll("'", '’')}'` : `"${value}"`
}

const escapes: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;' }

/** What authors write themselves may hold Liquid, which stays; its other signs are text. */
const asHtml = (value: string): string =>
  value
    .split(/(\{\{[\s\S]*?\}\}|\{%[\s\S]*?%\})/)
    .map((part, index) =>
      index % 2 === 1 ? part : part.replaceAll(/[&<>]/g, (sign) => escapes[sign] ?? sign),
    )
    .join('')

const valueAt = (path: string, { email, brand }: Constants): string | undefined => {
  const [root, name = ''] = path.split('.')
  const values = root === 'brand' ? brand : email
  return Object.hasOwn(values, name) ? values[name] : undefined
}

const written = (text: string, piece: LiquidPiece, constants: Constants): string => {
  const liquid = text.slice(piece.begin, piece.end)
  const variables = variablesIn(inner(text, piece))
  const path = /^\{\{-?\s*((?:email|brand)\.\w+)\s*-?\}\}$/.exec(liquid)?.[1]
  if (path !== undefined) return asHtml(valueAt(path, constants) ?? '')
  if (!variables.some(isConstant)) return liquid
  const filled = liquid.replaceAll(/("[^"]*"|'[^']*')|\b((?:email|brand)\.\w+)/g, (whole, _quoted, found) =>
    found === undefined ? whole : literal(valueAt(found, constants)),
  )
  if (piece.type === 'tag' || !variables.every(isConstant)) return filled
  return asHtml(String(engine.parseAndRenderSync(liquid, constants)))
}

/** Writes the constants into a text and closes the gaps: nothing of them is left to be filled in when it is sent. No line is added. */
export const writeConstants = (text: string, constants: Constants): string => {
  let result = ''
  let done = 0
  for (const piece of liquidPieces(text)) {
    result += text.slice(done, piece.begin) + written(text, piece, constants)
    done = piece.end
  }
  return (result + text.slice(done)).replaceAll(gap, '')
}
