/** What is wrong with a line of YAML, in the words of those who write playbooks. */
export interface YamlSlip {
  readonly message: string
  /** Into the whole text. */
  readonly offset: number
}

const entry = /^(\s*(?:- +)*)((?:[\w.-]+|"[^"]*"|'[^']*')\s*:)(\s+)(\S.*)$/

/** How far a quoted text goes that begins the value; -1 where nothing ends it on this line. */
const endOfQuoted = (value: string): number => {
  const quote = value.charAt(0)
  const pattern = quote === "'" ? /^'(?:[^']|'')*'/ : /^"(?:[^"\\]|\\.)*"/
  return pattern.exec(value)?.[0].length ?? -1
}

const withoutComment = (text: string): string => text.replace(/\s+#.*$/, '')

const quotedSlip = (value: string): string | undefined => {
  const end = endOfQuoted(value)
  const rest = end < 0 ? '' : withoutComment(value.slice(end)).trim()
  if (end < 0 || rest === '' || /^[,}\]:]/.test(rest)) return undefined
  return value.startsWith("'")
    ? "the text ends at the second ': put it in \" \", or write '' for each ' within"
    : 'the text ends at the second ": write \\" for each " within'
}

const openBracket = (value: string): string | undefined => {
  const bare = withoutComment(value.replaceAll(/"(?:[^"\\]|\\.)*"|'(?:[^']|'')*'/g, ''))
  const count = (sign: string): number => bare.split(sign).length - 1
  for (const [open, close] of [
    ['{', '}'],
    ['[', ']'],
  ] as const)
    if (count(open) > count(close)) return `${open} is not closed: ${close} is missing`
  return undefined
}

const valueSlip = (value: string): string | undefined => {
  if (value.startsWith('{{') || value.startsWith('{%'))
    return 'a text that begins with { needs quotes around all of it'
  if (/^["']/.test(value)) return quotedSlip(value)
  if (/^[{[]/.test(value)) return openBracket(value)
  if (/^[@`%]/.test(value)) return `a text that begins with ${value.charAt(0)} needs quotes around all of it`
  if (/^[>|&*!]/.test(value)) return undefined
  const colon = /:(\s|$)/.exec(withoutComment(value))
  return colon === null ? undefined : 'put the text in quotes: it has a colon'
}

const indentOf = (line: string): number => line.length - line.trimStart().length

/** Every line that cannot be meant as it stands. Texts that go over several lines are stepped over. */
export const yamlSlips = (text: string): readonly YamlSlip[] => {
  const slips: YamlSlip[] = []
  let offset = 0
  let blockBelow: number | undefined
  for (const line of text.split('\n')) {
    const isInBlock = blockBelow !== undefined && (line.trim() === '' || indentOf(line) > blockBelow)
    if (!isInBlock) {
      blockBelow = undefined
      const tab = /^ *\t/.exec(line)
      if (tab !== null)
        slips.push({
          message: 'a line is indented with spaces: here is a tab',
          offset: offset + tab[0].length - 1,
        })
      const [, indent = '', key = '', space = '', value = ''] = entry.exec(line) ?? []
      const [, before = '', bare] = /^(\s*(?:- +)+)([{[].*)$/.exec(line) ?? []
      const unclosed = bare === undefined ? undefined : openBracket(bare)
      if (unclosed !== undefined) slips.push({ message: unclosed, offset: offset + before.length })
      const message = key === '' || line.trimStart().startsWith('#') ? undefined : valueSlip(value.trimEnd())
      if (message !== undefined)
        slips.push({ message, offset: offset + indent.length + key.length + space.length })
      if (/^[>|]/.test(value)) blockBelow = indentOf(line)
    }
    offset += line.length + 1
  }
  return slips
}

const byCode: Readonly<Record<string, string>> = {
  BAD_INDENT:
    'this line is indented otherwise than those it belongs to: entries of one list or mapping begin in one column',
  BLOCK_AS_IMPLICIT_KEY:
    'this line is indented otherwise than those it belongs to: entries of one list or mapping begin in one column',
  BLOCK_IN_FLOW: 'a list in lines cannot stand within { } or [ ]',
  TAB_AS_INDENT: 'a line is indented with spaces: here is a tab',
  MULTILINE_IMPLICIT_KEY: 'a colon is missing here, or a quote or bracket before it is not closed',
  MISSING_CHAR: 'something is missing here: a colon, a quote or a bracket',
  UNEXPECTED_TOKEN: 'this cannot stand here: perhaps the text needs quotes around all of it',
  BAD_SCALAR_START: 'a text that begins with this sign needs quotes around all of it',
  BAD_DQ_ESCAPE: 'in " " a backslash stands before n, t, " or another backslash: put the text in \' \'',
  MULTIPLE_DOCS: 'a second document begins here; a file holds one',
  DUPLICATE_KEY: 'this key is here already: each stands once',
  BAD_ALIAS: 'a text that begins with * needs quotes around all of it',
}

/** In the words of the project, as far as it has any for this kind of mistake. */
export const yamlWords = (code: string): string | undefined => byCode[code]
