import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { readForm, readRows } from '../../bin/import/table-file.ts'
import { guessColumns, repeatedColumns } from '../../domain/import/columns.ts'
import { readRow } from '../../domain/import/plan-row.ts'
import { csvLine, mapColumns } from '../../domain/import/table.ts'

const folder = await mkdtemp(join(tmpdir(), 'ugly-'))
afterAll(() => rm(folder, { recursive: true }))

let files = 0
const written = async (bytes: string | Uint8Array): Promise<string> => {
  const file = join(folder, `${++files}.csv`)
  await writeFile(file, bytes)
  return file
}

const windows1252 = (text: string): Uint8Array =>
  Uint8Array.from(
    [...text].map((one) => (one === '€' ? 0x80 : one === '–' ? 0x96 : (one.codePointAt(0) ?? 63))),
  )
const utf16 = (text: string, isBig: boolean): Uint8Array => {
  const bytes = Buffer.from(text, 'utf16le')
  return isBig ? bytes.swap16() : bytes
}

const all = async <Item>(given: AsyncIterable<Item>): Promise<readonly Item[]> => {
  const items: Item[] = []
  for await (const item of given) items.push(item)
  return items
}

/** What becomes of a file: how it is written, and each row as it would be sent. */
const read = async (bytes: string | Uint8Array) => {
  const file = await written(bytes)
  const form = await readForm(file)
  const rows = await all(readRows(file, form))
  const { mapping } = guessColumns(form.columns)
  return {
    form,
    lines: rows.map(({ line }) => line),
    rows: rows.map(({ line, cells, fault }) => {
      const values = Object.fromEntries(form.columns.map((column, index) => [column, cells[index] ?? '']))
      const { line: _, ...got } = readRow(
        { line, values: fault ? {} : values, ...(fault && { fault }) },
        { mapping },
        { plusTags: 'distinct', case: 'same' },
        '2026-03-02T09:00:00.000Z',
      )
      return 'reason' in got ? got.reason : { email: got.email, ...got.fields }
    }),
  }
}

const juergen = { email: 'juergen@example.com', lastName: 'Müßig' }
const table = 'E-Mail;Nachname\njuergen@example.com;Müßig\n'

describe('ugly files are read', () => {
  it.each([
    ['UTF-8', table, 'utf-8'],
    ['UTF-8 with a mark', `\uFEFF${table}`, 'utf-8'],
    ['Windows-1252', windows1252(table), 'windows-1252'],
    ['UTF-16, little end first, with a mark', utf16(`\uFEFF${table}`, false), 'utf-16le'],
    ['UTF-16, big end first, with a mark', utf16(`\uFEFF${table}`, true), 'utf-16be'],
    ['UTF-16 without a mark', utf16(table, false), 'utf-16le'],
    ['Windows line ends', table.replaceAll('\n', '\r\n'), 'utf-8'],
    ['line ends of an old Mac', table.replaceAll('\n', '\r'), 'utf-8'],
    ['commas', table.replaceAll(';', ','), 'utf-8'],
    ['tabs', table.replaceAll(';', '\t'), 'utf-8'],
    ['no line end at the end', table.trimEnd(), 'utf-8'],
    ['empty lines before, between and behind', `\n\n${table.replace('\n', '\n\n;\n')}\n\n`, 'utf-8'],
    ["Excel's first line", `sep=;\r\n${table}`, 'utf-8'],
    ['blanks around everything', ' E-Mail ; Nachname\n  juergen@example.com ; Müßig  \n', 'utf-8'],
    ['everything in quotes', '"E-Mail";"Nachname"\n"juergen@example.com";"Müßig"\n', 'utf-8'],
    ['empty columns at the end', 'E-Mail;Nachname;;\njuergen@example.com;Müßig;;\n', 'utf-8'],
  ])('%s', async (_, bytes, encoding) => {
    const { form, rows } = await read(bytes)
    expect(rows).toEqual([juergen])
    expect(form.encoding).toBe(encoding)
  })

  it('line breaks, separators and quotes within quotes, with the line where each row begins', async () => {
    const { rows, lines } = await read(
      'email,Firma\n"a@example.com","Meier\nund ""Söhne"", GmbH"\r\nb@example.com,Zwei\n',
    )
    expect(rows).toEqual([
      { email: 'a@example.com', company: 'Meier\nund "Söhne", GmbH' },
      { email: 'b@example.com', company: 'Zwei' },
    ])
    expect(lines).toEqual([2, 4])
  })

  it('a separator within values does not become that of the file', async () => {
    const { form } = await read(
      'Name;Email\n"Berg, Anna, Dr.";a@example.com\n"Thal, Ben, Dr.";b@example.com\n',
    )
    expect(form.separator).toBe(';')
  })

  it('a header that comes again, and rows of another length, are refused and the others kept', async () => {
    const { rows } = await read(
      'email,firstName\na@example.com,A\nemail,firstName\nb@example.com\nc@example.com,C,D\nd@example.com,D\n',
    )
    expect(rows).toEqual([
      { email: 'a@example.com', firstName: 'A' },
      'not an email address',
      'more or fewer values than columns',
      'more or fewer values than columns',
      { email: 'd@example.com', firstName: 'D' },
    ])
  })

  it('writing from right to left, letters with marks apart, and signs that nobody sees', async () => {
    const { rows } = await read(
      'email,Vorname,Firma\nx@example.com,שרה,"شركة, ذ.م.م"\n\u200Fy@example.com,Mu\u0308ller,Z\n',
    )
    expect(rows).toEqual([
      { email: 'x@example.com', firstName: 'שרה', company: 'شركة, ذ.م.م' },
      { email: 'y@example.com', firstName: 'Müller', company: 'Z' },
    ])
  })

  it('countries by name, in English and German, become codes', async () => {
    const { rows } = await read(
      'email,Land\na@x.example.com,Germany\nb@x.example.com,österreich\nc@x.example.com,ch\nd@x.example.com,Narnia\n',
    )
    expect(rows.map((row) => (typeof row === 'string' ? row : Object(row).country))).toEqual([
      'DE',
      'AT',
      'CH',
      'Narnia',
    ])
  })

  it('formulas are kept as they are, and leave as texts', async () => {
    const { rows } = await read('email,Firma\nx@example.com,"=HYPERLINK(""http://evil"")"\n')
    expect(rows).toEqual([{ email: 'x@example.com', company: '=HYPERLINK("http://evil")' }])
    expect(csvLine(['=1+1', '@x', '+49 30 123', '-5,5', 'a"b', '\tz', 'plain'])).toBe(
      `'=1+1,'@x,+49 30 123,"-5,5","a""b","'\tz",plain\r\n`,
    )
  })
})

describe('what cannot be read is refused before anything is written', () => {
  it('with the line of a quote that is never closed', async () => {
    await expect(read('email,name\na@example.com,"Anna\nb@example.com,Ben\n')).rejects.toThrow(
      /quote is never closed/,
    )
  })
  it('nothing at all', async () => {
    await expect(read('')).rejects.toThrow('the file holds nothing')
    await expect(read('\n\n;;\n')).rejects.toThrow('the file holds nothing')
  })
  it('columns that are there twice, by name', () => {
    expect(repeatedColumns(['email', 'Name', 'Name', '', ''])).toEqual(['Name'])
    expect(() => mapColumns({ columns: ['email', 'Name', 'Name'] }, { Firma: 'company' }, false)).toThrow(
      'the column "Name" is there more than once\nthe file has no column "Firma"',
    )
  })
})

describe('exports of other programs are known by their columns', () => {
  const mappingOf = (columns: string) => guessColumns(columns.split(','))
  it.each([
    [
      'hubspot',
      'Record ID,First Name,Last Name,Email,Lifecycle Stage,Unsubscribed from all email',
      {
        'Record ID': null,
        'First Name': 'firstName',
        Email: 'email',
        'Unsubscribed from all email': '$unsubscribed',
      },
    ],
    [
      'mailchimp',
      'Email Address,First Name,Last Name,MEMBER_RATING,OPTIN_TIME,OPTIN_IP,CONFIRM_TIME,CONFIRM_IP,CC,LEID,EUID,NOTES,TAGS',
      {
        'Email Address': 'email',
        CONFIRM_TIME: '$consentAt',
        OPTIN_IP: null,
        OPTIN_TIME: null,
        CC: 'country',
      },
    ],
    [
      'mautic',
      'id,firstname,lastname,email,company,points,date_identified',
      { firstname: 'firstName', points: null, company: 'company' },
    ],
    [
      'salesforce',
      'Id,FirstName,LastName,Email,Company,LeadSource,HasOptedOutOfEmail',
      { Id: null, LeadSource: 'source', HasOptedOutOfEmail: '$unsubscribed' },
    ],
    [
      'zoho',
      'Record Id,First Name,Last Name,Email,Email Opt Out,Lead Owner',
      { 'Email Opt Out': '$unsubscribed', 'Lead Owner': null },
    ],
    [
      'brevo',
      'CONTACT ID,EMAIL,FIRSTNAME,LASTNAME,SMS,EMAIL_BLOCKLISTED,ADDED_TIME',
      { EMAIL: 'email', EMAIL_BLOCKLISTED: '$unsubscribed', SMS: 'phone' },
    ],
  ] as const)('%s', (exportOf, columns, mapping) => {
    const guessed = mappingOf(columns)
    expect(guessed.exportOf).toBe(exportOf)
    expect(guessed.mapping).toMatchObject(mapping)
  })

  it('and a column that says when somebody agreed is known by its German and English names', () => {
    for (const column of ['Einwilligung am', 'Consent date'])
      expect(mappingOf(column).mapping).toEqual({ [column]: '$consentAt' })
  })

  it('and other columns become attributes of their own, which is said', () => {
    expect(mappingOf('E-Mail,Straße & Nr.,Letzter Kauf,2026')).toEqual({
      mapping: {
        'E-Mail': 'email',
        'Straße & Nr.': 'strasseNr',
        'Letzter Kauf': 'letzterKauf',
        '2026': null,
      },
      unknown: ['Straße & Nr.', 'Letzter Kauf'],
    })
  })
})
