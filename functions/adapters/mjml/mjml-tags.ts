import { didYouMean } from '../../../domain/did-you-mean.ts'

interface Tag {
  readonly name: string
  readonly offset: number
}

export interface UnbalancedTag {
  readonly message: string
  readonly offset: number
}

const ends: Readonly<Record<string, string>> = { '<!--': '-->', '{{': '}}', '{%': '%}' }
const tags = /<(\/?)(mj[a-z-]*)\b((?:[^<>"']|"[^"]*"|'[^']*')*?)(\/?)>/g

/** The same text with comments and Liquid blanked out, so that offsets stay true. */
export const withoutHidden = (mjml: string): string => {
  const neverEnds = new Set<string>()
  const starts = /<!--|\{\{|\{%/g
  let text = ''
  let done = 0
  for (let match = starts.exec(mjml); match; match = starts.exec(mjml)) {
    const [start] = match
    // Looked for once: a text of nothing but starts takes no longer than another.
    const end = neverEnds.has(start) ? -1 : mjml.indexOf(ends[start] ?? '', starts.lastIndex)
    if (end < 0) neverEnds.add(start)
    else {
      starts.lastIndex = end + (ends[start]?.length ?? 0)
      text += mjml.slice(done, match.index)
      text += mjml.slice(match.index, starts.lastIndex).replaceAll(/[^\n]/g, ' ')
      done = starts.lastIndex
    }
  }
  return text + mjml.slice(done)
}

/**
 * Tags of MJML that are not closed, or closed without having been opened, which MJML itself passes over in silence. What
 * has neither tags nor text is no email.
 */
export const unbalancedTags = (mjml: string): readonly UnbalancedTag[] => {
  const open: Tag[] = []
  const faults: UnbalancedTag[] = []
  const text = withoutHidden(mjml)
  let first = true
  for (const match of text.matchAll(tags)) {
    const [, slash, name = '', , selfClosing] = match
    if (first && (name !== 'mjml' || text.slice(0, match.index).trim() !== ''))
      faults.push({ message: 'an email begins with <mjml>', offset: text.search(/\S/) })
    first = false
    if (slash === '/') {
      const opened = open.findLastIndex((tag) => tag.name === name)
      if (opened < 0) {
        const guess = didYouMean(
          name,
          open.map((tag) => tag.name),
        )
        faults.push({ message: `</${name}> closes nothing${guess}`, offset: match.index })
      } else {
        for (const tag of open.splice(opened).slice(1))
          faults.push({ message: `<${tag.name}> is not closed`, offset: tag.offset })
      }
    } else if (selfClosing !== '/') open.push({ name, offset: match.index })
  }
  if (first) faults.push({ message: 'an email begins with <mjml>', offset: Math.max(0, text.search(/\S/)) })
  for (const tag of open) faults.push({ message: `<${tag.name}> is not closed`, offset: tag.offset })
  return faults
}
