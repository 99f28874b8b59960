import type { LeadState } from './lead-state.ts'
import { nameOf } from './lead-summary.ts'

/** What people are listed by besides their score. */
export const directoryOrders = ['name', 'createdAt', 'lastActivityAt'] as const
export type DirectoryOrder = (typeof directoryOrders)[number]

/** Where somebody stands among all people: by an order, or under a word that they are found by. */
export interface DirectoryEntry {
  readonly by: DirectoryOrder | 'word'
  /** Sorts as text. */
  readonly key: string
  /** The words that they are found by, so that a search of several need not read the lead; absent where they are too long to stand beside each. */
  readonly words?: string
}

interface ListedPerson {
  readonly email?: string
  readonly state: Pick<LeadState, 'attributes' | 'createdAt' | 'lastActivityAt'>
}

/** Letters that do not come apart into one of the alphabet and a mark. */
const letters: Readonly<Record<string, string>> = {
  ß: 'ss',
  ø: 'o',
  æ: 'ae',
  œ: 'oe',
  ł: 'l',
  đ: 'd',
  ı: 'i',
}

/** As one types it in a hurry: "Béla Große" is "bela grosse". */
const fold = (text: string): string =>
  text
    .normalize('NFKD')
    .replaceAll(/\p{M}/gu, '')
    .toLowerCase()
    .replaceAll(/[ßøæœłđı]/g, (letter) => letters[letter] ?? letter)

/** Of one word, and of a name: keys of DynamoDB are at most a kilobyte. */
const longestWord = 40
const longestKey = 100
/** Words of one person: what is longer is no name. */
const mostWords = 16

const partsOf = (text: string): readonly string[] =>
  fold(text)
    .split(/[^\p{L}\p{N}]+/u)
    .filter((word) => word !== '')
    .map((word) => word.slice(0, longestWord))

const textIn = ({ attributes }: ListedPerson['state'], name: string): string => {
  const value = attributes[name]?.value
  return typeof value === 'string' ? value : ''
}

/** Attributes that people are found by, whatever else is told of them. */
export const foundBy = ['firstName', 'lastName', 'company'] as const
/** Of each of these, so many words are among theirs however long the others are. */
const surelyFound = 4

/** Ends a word of a search that is meant as a whole, and not as the beginning of one: no word has it. */
const wordEnd = '#'

/** Words, meant as wholes, that everybody is found by who has `text` as one of the attributes `foundBy`. */
export const surelyFoundBy = (text: string): readonly string[] =>
  partsOf(text)
    .slice(0, surelyFound)
    .map((word) => `${word}${wordEnd}`)

/** What somebody is found by: each word of name, company and address, and the whole address. */
export const wordsOf = ({ email = '', state }: ListedPerson): readonly string[] => {
  const told = foundBy.map((name) => partsOf(textIn(state, name)))
  const whole = email === '' ? [] : [fold(email).slice(0, longestKey)]
  const first = told.flatMap((words) => words.slice(0, surelyFound))
  return [...new Set([...whole, ...first, ...told.flat(), ...partsOf(email)])].slice(0, mostWords)
}

/** The words of a search: what has an `@` is the beginning of an address. */
export const searchedWords = (text: string): readonly string[] => [
  ...new Set(
    text
      .split(/\s+/)
      .flatMap((part) => (/.@/.test(part) ? [fold(part).slice(0, longestKey)] : partsOf(part))),
  ),
]

/** Those that say something: who is found by "anna" is found by "an" too. */
export const tellingWords = (searched: readonly string[]): readonly string[] =>
  searched.filter((word) => !searched.some((other) => other !== word && other.startsWith(word)))

/** Whether a word of a search begins a word, or is it where it is meant as a whole. */
export const isBegunBy = (word: string, wanted: string): boolean => `${word}${wordEnd}`.startsWith(wanted)

/** Whether each word of a search begins one of theirs. */
export const isFoundBy = (words: readonly string[], searched: readonly string[]): boolean =>
  searched.every((wanted) => words.some((word) => isBegunBy(word, wanted)))

/** What people are put in order by where it is their name. */
export const nameKey = (name: string): string => fold(name).slice(0, longestKey)

/** Together (characters): a key of DynamoDB has at most 1,024 bytes, and a character up to three. */
const longestWords = 200

/** All places of somebody with an address; a browser without one has none. */
export const entriesOf = (person: ListedPerson): readonly DirectoryEntry[] => {
  const { email, state } = person
  if (email === undefined) return []
  const all = wordsOf(person)
  const words = all.filter((word) => !word.includes('@')).join(' ')
  const beside = words.length <= longestWords && { words }
  return [
    { by: 'name', key: nameKey(nameOf(state) ?? email) },
    { by: 'createdAt', key: state.createdAt },
    { by: 'lastActivityAt', key: state.lastActivityAt },
    ...all.map((key) => ({ by: 'word' as const, key, ...beside })),
  ]
}
