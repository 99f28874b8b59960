/** Control and format characters that mean nothing in a text, and may hide or turn what stands there; line breaks and tabs may stay. */
const meaningless = /(?![\t\n\r])[\p{Cc}\p{Cf}]/gu

export const withoutHidden = (text: string): string => text.replace(meaningless, '')

/** What mail programs and channels make a link of, each with the sign that is set in brackets. */
const linkMarks: readonly RegExp[] = [
  /(?<=[\p{L}\p{N}]):(?=\/\/)/gu,
  /(?<=\b(?:tel|sms|mailto|callto|skype|whatsapp|javascript|data)):/giu,
  /(?<=\p{L}):(?=\d)/gu,
  /(?<=[^\s@])@(?=[^\s@])/gu,
  /(?<=[\p{L}\p{N}-])[.。．｡](?=\p{L}{2,})/gu,
  /(?<=\d)\.(?=\d{1,3}\.|\d{1,3}[/:])|(?<=\.\d{1,3})\.(?=\d)/gu,
]

/** The same to read, and nothing to follow: what a form says to colleagues leads nowhere by a click. */
export const neutralText = (text: string): string =>
  linkMarks.reduce((shown, mark) => shown.replace(mark, (sign) => `[${sign}]`), withoutHidden(text))

/** Longer than a name of a person. */
const longestName = 40

/** Writing systems whose letters have no cases, as names are written in them: in others such letters look like dots and slashes. */
const scripts = (
  'Arabic Hebrew Georgian Ethiopic Devanagari Bengali Gurmukhi Gujarati Tamil Telugu Kannada Malayalam Sinhala Thai Lao ' +
  'Khmer Myanmar Han Hiragana Katakana Hangul'
)
  .split(' ')
  .map((script) => `\\p{Script=${script}}`)
  .join('')
const letter = new RegExp(`^(?:[\\p{Lu}\\p{Ll}\\p{Lt}\\p{M}ー々]|(?![ㆍᆞᆢ丶丿])(?=\\p{Lo})[${scripts}])$`, 'u')

const isOfName = (character: string): boolean =>
  /^[ \u00a0\-‐'’ʼ.]$/u.test(character) || letter.test(character)

/** Each full stop ends an initial or a short title (`J.`, `Dr.`): nobody makes a link of that. */
const hasStopsOfInitials = (text: string): boolean =>
  [...text.matchAll(/\./g)].every(
    ({ index }) =>
      /(?:^|[ -])\p{L}\p{M}*\p{L}?\p{M}*$/u.test(text.slice(0, index)) &&
      /^\.(?:[ -]|$)/.test(text.slice(index)),
  )

/** Whether it can be nothing but a name: no address, no number, no sentence. */
export const isName = (text: string): boolean =>
  text.length <= longestName && [...text].every(isOfName) && /\p{L}/u.test(text) && hasStopsOfInitials(text)
