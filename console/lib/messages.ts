/** English by what is said instead. `{name}` is kept as it is, `{name:part}` is said by that part of the catalogue. */
export type Words = Readonly<Record<string, string>>

/** What the API says, in another language: as gettext has it, by the English text. */
export interface Catalogue {
  readonly messages: Words
  /** What stands within messages. The part `message` is any message. */
  readonly parts: Readonly<Record<string, Words>>
}

interface Place {
  readonly name: string
  readonly part: string | undefined
}

interface Pattern {
  readonly english: string
  readonly said: string
  readonly places: readonly Place[]
  readonly regExp: RegExp
  readonly weight: number
}

const place = /\{(\w+)(?::(\w+))?\}/g

export const placesOf = (text: string): readonly Place[] =>
  [...text.matchAll(place)].map(([, name = '', part]) => ({ name, part }))

/** What stands between the places of a pattern. */
export const literalsOf = (text: string): readonly string[] => text.replaceAll(place, '\0').split('\0')

const escaped = (text: string): string => text.replaceAll(/[.*+?^${}()|[\]\\/]/g, '\\$&')

/** A message around another one goes first: what follows the inner one is no part of it. */
const weightOf = (english: string, places: readonly Place[]): number =>
  literalsOf(english).join('').length +
  places.filter(({ part }) => part !== undefined).length +
  (places.some(({ part }) => part === 'message') ? 10_000 : 0)

const compile = (words: Words, sourceOf: (part: string | undefined) => string): readonly Pattern[] =>
  Object.entries(words)
    .map(([english, said]): Pattern => {
      const places = placesOf(english)
      const [first = '', ...rest] = literalsOf(english).map(escaped)
      const source = rest.map((text, index) => `(${sourceOf(places[index]?.part)})${text}`).join('')
      const regExp = new RegExp(`^${first}${source}$`, 's')
      return { english, said, places, regExp, weight: weightOf(english, places) }
    })
    .toSorted((a, b) => b.weight - a.weight)

const anything = '.*?'

/** Where a part is one of a few texts, nothing else is taken for it. */
const sourceOfPart = (words: Words | undefined): string => {
  const texts = Object.keys(words ?? {})
  return texts.length === 0 || texts.some((text) => placesOf(text).length > 0)
    ? anything
    : texts
        .toSorted((a, b) => b.length - a.length)
        .map(escaped)
        .join('|')
}

/** A catalogue, ready to be asked. */
export const readCatalogue = ({ messages, parts }: Catalogue) => {
  const all: Catalogue['parts'] = { ...parts, message: messages }
  const compiled = new Map<string, readonly Pattern[]>()
  const patternsOf = (part: string): readonly Pattern[] => {
    const known =
      compiled.get(part) ??
      compile(all[part] ?? {}, (inner) =>
        inner === undefined || inner === 'message' ? anything : sourceOfPart(parts[inner]),
      )
    compiled.set(part, known)
    return known
  }

  /** @returns undefined where a part within has no words. */
  const fill = ({ places, regExp, said }: Pattern, text: string): string | undefined => {
    const found = regExp.exec(text)
    if (found === null) return undefined
    const values = new Map<string, string>()
    for (const [index, { name, part }] of places.entries()) {
      const given = found[index + 1] ?? ''
      const value = part === undefined ? given : say(part, given)
      if (value === undefined) return undefined
      values.set(name, value)
    }
    return said.replaceAll(place, (written, name) => values.get(name) ?? written)
  }

  const say = (part: string, text: string): string | undefined => {
    for (const pattern of patternsOf(part)) {
      const filled = fill(pattern, text)
      if (filled !== undefined) return filled
    }
    return undefined
  }

  return {
    /** In the words of the catalogue; a message that it does not have stays as it came. */
    translate: (message: string): string => say('message', message) ?? message,
    /** The patterns that fit equally well, best ones alone. */
    bestFor: (message: string): readonly string[] => {
      const fitting = patternsOf('message').filter((pattern) => fill(pattern, message) !== undefined)
      return fitting.filter(({ weight }) => weight === fitting[0]?.weight).map(({ english }) => english)
    },
  }
}
