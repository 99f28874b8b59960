import { Liquid } from 'liquidjs'
import { isConfirmation, isSalesEmail, isSystemEmail } from '../model/built-in-names.ts'
import { textsIn } from '../texts/texts.ts'
import { type LiquidPiece, liquidBlocks, liquidPieces } from './html-liquid.ts'
import { variablesIn } from './render-email.ts'

/**
 * Liquid for checks: strict about variables and filters, so that only `default` and `if` accept a missing variable; without
 * tags that read other files or write unescaped. Continues after a syntax error to find the next.
 */
export const liquid = new Liquid({
  strictVariables: true,
  strictFilters: true,
  lenientIf: true,
  ownPropertyOnly: true,
  catchAllErrors: true,
  templates: {},
  parseLimit: 1_000_000,
})

for (const tag of ['include', 'render', 'layout', 'block']) delete liquid.tags[tag]
liquid.unregisterFilter('raw')

/** Type of a name in emails. `open` may have further attributes; `anything` is not checked. */
export type Shape =
  | { readonly type: 'text' }
  | { readonly type: 'anything' }
  | {
      readonly type: 'open'
      readonly known: readonly string[]
      readonly always: readonly string[]
      /** Attributes mentioned elsewhere in the playbook: the user's own programs may set them. */
      readonly mentioned?: readonly string[]
      /** Date attributes, and the format of the language. */
      readonly dates?: { readonly names: readonly string[]; readonly format: string }
    }
  | { readonly type: 'fields'; readonly fields: Readonly<Record<string, Shape>> }
  | { readonly type: 'list'; readonly item: Shape }

const fieldsOf = (names: readonly string[]): Readonly<Record<string, Shape>> =>
  Object.fromEntries(names.map((name) => [name, { type: 'text' }]))

const texts = (...names: readonly string[]): Shape => ({ type: 'fields', fields: fieldsOf(names) })

const linksOf = (email: string): readonly string[] => {
  if (isConfirmation(email)) return ['assets', 'confirm', 'notMe']
  if (email === 'reassigned') return ['assets', 'console']
  if (isSalesEmail(email)) return ['assets', 'accept', 'reject', 'console']
  return ['assets', 'unsubscribe', 'preferences']
}

/** Emails of the system have no links to forms. */
const formLinksOf = (email: string, forms: readonly string[]): Readonly<Record<string, Shape>> =>
  forms.length === 0 || isSystemEmail(email) ? {} : { forms: texts(...forms) }

const forSales: Readonly<Record<string, Shape>> = {
  recipient: texts('name'),
  handoff: texts(
    'id',
    'score',
    'scoreNow',
    'gained',
    'stage',
    'stageId',
    'team',
    'owner',
    'previousOwner',
    'reassignedBecause',
    'because',
    'becauseAt',
    'becauseOn',
    'requestedAt',
    'requested',
    'dueAt',
    'due',
    'confirmed',
    'phoneUnproven',
    'explored',
  ),
  answers: {
    type: 'list',
    item: {
      type: 'fields',
      fields: {
        ...fieldsOf(['form', 'title', 'at', 'when']),
        answers: { type: 'list', item: texts('label', 'text', 'phone') },
      },
    },
  },
  explanation: { type: 'list', item: texts('rule', 'label', 'points', 'decayedTo', 'at', 'when') },
  timeline: { type: 'list', item: texts('at', 'when', 'type', 'text', 'count') },
  emails: {
    type: 'list',
    item: texts('at', 'when', 'email', 'subject', 'clicked', 'opened', 'reaction'),
  },
  opening: { type: 'text' },
  unconfirmed: { type: 'list', item: texts('name', 'label', 'value') },
}

/** Constants of every email's MJML: the same for each reader, and filled in before sending. */
export const constantShapes: Readonly<Record<string, Shape>> = {
  brand: texts('logo', 'accent', 'onAccent', 'accentOnDark', 'background', 'font'),
  email: texts('id', 'kind', 'language', 'reason', 'variant'),
}

export interface Referable {
  /** Known attributes of leads. */
  readonly attributes: readonly string[]
  /** Date attributes. */
  readonly dates?: readonly string[]
  /** Attributes mentioned in other parts of the playbook. */
  readonly mentioned?: readonly string[]
  /** Ids of the playbook's forms. */
  readonly forms?: readonly string[]
}

/** The names that an email may use, by its id. */
export const scopeOf = (
  email: string,
  { attributes, dates = [], mentioned = [], forms = [] }: Referable,
  language?: string,
): Readonly<Record<string, Shape>> => ({
  lead: {
    type: 'open',
    known: attributes,
    always: ['email'],
    mentioned,
    dates: { names: dates, format: textsIn(language ?? 'en').dateFormat },
  },
  company: texts('name', 'address', 'imprint', 'privacy'),
  links: { type: 'fields', fields: { ...fieldsOf(linksOf(email)), ...formLinksOf(email, forms) } },
  ...(isSalesEmail(email) ? forSales : {}),
  ...(isConfirmation(email) ? { consent: texts('purpose', 'wording', 'furtherWording', 'tracking') } : {}),
})

/** Constants for every reader, `email.language` or `brand.accent`; undefined if not given. */
export type Constants = Readonly<Record<'email' | 'brand', Readonly<Record<string, string | undefined>>>>

const engine = new Liquid({ ownPropertyOnly: true, templates: {} })

const isConstant = (variable: string): boolean => /^(email|brand)\./.test(variable)

const inner = (text: string, { begin, end }: LiquidPiece): string => text.slice(begin + 2, end - 2)

/** The arguments of a tag, after its name. */
const argumentsOf = (text: string, piece: LiquidPiece): string =>
  inner(text, piece)
    .replace(/^-?\s*\w+/, '')
    .replace(/-$/, '')

const deciding = ['if', 'unless', 'case', 'elsif', 'when']

/** The branch taken for every reader, if constant; branches are numbered by their tags. */
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
    // The digit after the end tag is always written; the one before it identifies the branch.
    const ending = String(block.length - 1)
    const branch = taken.slice(0, taken.length - ending.length)
    return branch === '' ? -1 : Number(branch)
  } catch {
    return undefined
  }
}

/** Placeholder of removed text, until the constants are filled in. */
const gap = '\u0003'

const blank = (text: string, begin: number, end: number): string =>
  text.slice(0, begin) + text.slice(begin, end).replaceAll(/[^\n]/g, gap) + text.slice(end)

/**
 * Removes branches of `if`, `unless` and `case` that only depend on `email.*` and `brand.*` and do not apply. They may be
 * anywhere, also around sections. Gaps keep all positions unchanged.
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

/** Authors' texts may contain Liquid, which stays; other characters are escaped. */
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

/** Fills in the constants and closes the gaps, without adding lines. */
export const writeConstants = (text: string, constants: Constants): string => {
  let result = ''
  let done = 0
  for (const piece of liquidPieces(text)) {
    result += text.slice(done, piece.begin) + written(text, piece, constants)
    done = piece.end
  }
  return (result + text.slice(done)).replaceAll(gap, '')
}
