import { useEffect, useState } from 'preact/hooks'
import type { Rejection } from '../../../domain/import/plan-row.ts'
import {
  importRow,
  makeTally,
  mapColumns,
  TableFault,
  type TableFaultKind,
  type Tally,
} from '../../../domain/import/table.ts'
import { t } from '../../lib/texts.ts'
import { readForm, readRows } from './contact-file.ts'
import type { ContactFile } from './sending.ts'

type Mapping = ReturnType<typeof mapColumns>['mapping']

/** What would become of a file. */
export interface Tried extends Omit<Tally, 'refused'> {
  readonly refused: readonly (readonly [Rejection, { readonly count: number; readonly line: number }])[]
  /** All of it has been read. */
  readonly isWhole: boolean
  readonly fault?: unknown
}

/** So often the page shows how far it is, in rows. */
const shownEach = 5_000

/** Goes through a file as often as somebody says otherwise what its columns are. Nothing leaves the browser. */
export const useTriedRows = (contacts: ContactFile, mapping: Mapping): Tried | undefined => {
  const [tried, setTried] = useState<Tried>()
  useEffect(() => {
    let isOver = false
    const { tally, take } = makeTally(mapping, new Date().toISOString())
    const show = (more: Pick<Tried, 'isWhole' | 'fault'>) => {
      if (!isOver) setTried({ ...tally, shown: [...tally.shown], refused: [...tally.refused], ...more })
    }
    const readAll = async (): Promise<void> => {
      for await (const row of readRows(contacts.file, contacts.form)) {
        if (isOver) return
        take(importRow(contacts.form, row))
        if (tally.rows % shownEach === 0) show({ isWhole: false })
      }
      show({ isWhole: true })
    }
    readAll().catch((fault: unknown) => show({ isWhole: false, fault }))
    return () => {
      isOver = true
    }
  }, [contacts, mapping])
  return tried
}

/** Values of the first rows, by column: what one tells a column by. */
const exampleOf = async ({ file, form }: ContactFile): Promise<readonly string[]> => {
  const found: string[] = []
  let rows = 0
  for await (const { cells } of readRows(file, form)) {
    for (const [index, cell] of cells.entries()) found[index] ||= cell.trim()
    rows += 1
    if (rows === 20) break
  }
  return found
}

/** A file that can be imported, with a value for each column. */
export interface Opened extends ContactFile {
  readonly examples: readonly string[]
}

/** @throws TableFault where it is no table, or one that nobody can tell the columns of. */
export const openFile = async (file: File): Promise<Opened> => {
  const form = await readForm(file)
  mapColumns(form, {}, false)
  return { file, form, examples: await exampleOf({ file, form }) }
}

/** What a column says of somebody, unlike their address, when they agreed, or that they do not want mail. */
export const isAttribute = (target: string): boolean => target !== 'email' && !target.startsWith('$')

/** In the language of whoever reads it. */
const faultText = (kind: TableFaultKind): string => {
  const { faults } = t.imports
  switch (kind.type) {
    case 'open-quote':
    case 'long-row':
    case 'unreadable':
      return faults[kind.type](kind.line)
    case 'repeated-column':
    case 'missing-column':
      return faults[kind.type](kind.column)
    case 'empty':
      return faults.empty
    default:
      return kind satisfies never
  }
}

/** A reason of the API, as far as it is known here. */
export const reasonText = (reason: string): string => {
  const { reasons }: { readonly reasons: Readonly<Record<string, string>> } = t.imports
  return reasons[reason] ?? reason
}

/** What is wrong with a file; undefined for any other failure. */
export const faultsOfFile = (error: unknown): readonly string[] | undefined =>
  error instanceof TableFault ? error.kinds.map(faultText) : undefined
