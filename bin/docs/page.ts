/** A row of a table. What the code has no words for is written into the last column of the page, and stays there. */
export interface Row {
  readonly cells: readonly string[]
  readonly words?: string | undefined
}

export interface Table {
  readonly head: readonly string[]
  readonly rows: readonly Row[]
}

/** What stands between two markers, by the name in the first: a table, or text as it is. */
export type Blocks = Readonly<Record<string, () => Table | Promise<string>>>

const block = /(<!-- generated: ([\w-]+) -->)([\s\S]*?)(<!-- end -->)/g

const cellsOf = (line: string): readonly string[] =>
  line
    .split(/(?<!\\)\|/)
    .slice(1, -1)
    .map((cell) => cell.trim())

const lineOf = (cells: readonly string[]): string =>
  `| ${cells.join(' | ')} |`.replaceAll(/\| {2}(?=\|)/g, '| ')

const escaped = (text: string): string => text.replaceAll('|', '\\|')

/** In words of the code `[text](address)` is what authors write. */
const noLinks = (text: string): string => text.replaceAll(/\[(?=[^\]]*\]\()/g, '\\[')

const tableOf = ({ head, rows }: Table, before: string): string => {
  const kept = new Map(before.split('\n').map((line) => [cellsOf(line)[0] ?? '', cellsOf(line).at(-1) ?? '']))
  const lines = rows.map(({ cells, words }) => {
    const [key = '', ...more] = cells.map(escaped)
    return lineOf([key, ...more, words === undefined ? (kept.get(key) ?? '') : noLinks(escaped(words))])
  })
  return [lineOf(head), lineOf(head.map(() => '---')), ...lines].join('\n')
}

/** The page with what the code says now. */
export const renderPage = async (page: string, blocks: Blocks): Promise<string> => {
  const parts: string[] = []
  let end = 0
  for (const { 0: whole, 1: begin, 2: name = '', 3: before = '', 4: close, index } of page.matchAll(block)) {
    const made = await blocks[name]?.()
    if (made === undefined) throw new Error(`nothing is generated under the name "${name}"`)
    const text = typeof made === 'string' ? made : tableOf(made, before)
    parts.push(page.slice(end, index), `${begin}\n\n${text}\n\n${close}`)
    end = index + whole.length
  }
  return [...parts, page.slice(end)].join('')
}
