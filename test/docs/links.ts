/** A link in a page: its text's target as written. */
const linkPattern = /(?<!!)\[[^\]]*\]\(([^)\s]+)\)/g

const withoutCode = (page: string): string => page.replace(/```[\s\S]*?```/g, '').replace(/`[^`\n]*`/g, '')

/** Targets of the links of a Markdown page that lead to a file or a heading of this project. */
export const linksOf = (page: string): readonly string[] =>
  [...withoutCode(page).matchAll(linkPattern)]
    .map(([, target]) => target ?? '')
    .filter((target) => !/^[a-z]+:/.test(target))

/** The anchors that GitHub gives a page's headings. */
export const anchorsOf = (page: string): readonly string[] =>
  [...page.replace(/```[\s\S]*?```/g, '').matchAll(/^#+ (.+)$/gm)].map(([, heading = '']) =>
    heading
      .toLowerCase()
      .replace(/[^\p{Letter}\p{Number}\s_-]/gu, '')
      .replace(/\s/g, '-'),
  )
