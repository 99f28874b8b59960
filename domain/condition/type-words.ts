const words: readonly (readonly [RegExp, string])[] = [
  [/\bgoogle\.protobuf\.Timestamp\b/g, 'time'],
  [/\bgoogle\.protobuf\.Duration\b/g, 'duration'],
  [/\bmap<[^()]*>/g, 'object'],
  [/\blist<[^()]*>/g, 'list'],
  [/\bmap\b/g, 'object'],
  [/\b(?:double|int|uint)\b/g, 'number'],
  [/\bstring\b/g, 'text'],
  [/\bbool\b/g, 'true or false'],
  [/\bdyn\b/g, 'anything'],
]

/** The library's names of types (`double`, `map<string, dyn>`) in words for the people who write conditions. */
export const typeWords = (types: string): string =>
  words.reduce((text, [pattern, word]) => text.replace(pattern, word), types)
