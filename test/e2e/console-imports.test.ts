import { readFile } from 'node:fs/promises'
import { describe, expect, it } from 'vitest'
import { expectAccessible, useConsole } from './console.ts'

/** As a German spreadsheet saves it: Windows-1252, semicolons, line breaks in cells, and not all of it addresses. */
const ugly = Buffer.from(
  [
    'Kontakt;Vorname;Nachname;Firma;Ort;Notiz',
    'juergen@example.com;Jürgen;Müller;"Glas; Söhne & Co";Köln;"ruft an\nund schreibt"',
    'kaethe@example.com;Käthe;Weiß;Öfen AG;Zürich;',
    'gibt es nicht;Niemand;;;;',
    'ben@example.com;Ben;Thal;Delta Glas;Bonn;"sagte: ""bald"""',
    ';Ohne;Adresse;;;',
  ].join('\r\n'),
  'latin1',
)

const file = (name: string, buffer: Buffer) => ({ name, mimeType: 'text/csv', buffer })

describe('imports', () => {
  const used = useConsole({ role: 'marketing' })
  const { open } = used

  it('go from an ugly file to leads, and back', async () => {
    const { page, complaints, others, close } = await open('/leads')
    await page.getByRole('link', { name: 'Import a file' }).click()
    await page.getByText('No file has been imported yet').waitFor()
    await page.getByRole('link', { name: 'Import a file' }).click()
    await page.getByLabel('File of contacts').setInputFiles(file('Messe.csv', ugly))

    await page.getByText('Read as Windows-1252, separated by semicolons.').waitFor()
    await page.getByText('Glas; Söhne & Co').first().waitFor()
    // Nobody can tell what "Kontakt" is.
    await page.getByText('Say which column is the email address.').waitFor()
    expect(await page.getByLabel('What Kontakt becomes').inputValue()).toBe('kontakt')
    await page.getByLabel('What Ort becomes').selectOption('email')
    await page.getByRole('button', { name: 'Import 0 rows' }).waitFor()
    expect(await page.getByRole('button', { name: 'Import 0 rows' }).isDisabled()).toBe(true)
    // Of two columns that are to be the address, the one that was said last is.
    await page.getByLabel('What Kontakt becomes').selectOption('email')
    expect(await page.getByLabel('What Ort becomes').inputValue()).toBe('')
    await page.getByLabel('What Ort becomes').selectOption('…')
    await page.getByLabel('Name of the attribute for Ort').fill('city')
    await page.getByLabel('Name of the attribute for Ort').press('Tab')
    await page.getByLabel('What Notiz becomes').selectOption('Left out')
    await page.getByLabel('What happens to a known value: Firma').selectOption('overwrite')

    const refused = page.getByRole('list', { name: 'What would be refused' })
    await refused.getByText('This is no email address.').waitFor()
    await refused.getByText('There is no email address.').waitFor()
    await page.getByRole('rowheader', { name: 'ben@example.com' }).waitFor()
    await page.getByRole('columnheader', { name: 'city' }).waitFor()
    await expectAccessible(page)
    expect(await used.client.get('/api/imports')).toEqual({ items: [] })

    await page.getByRole('radio', { name: /Yes, and there is evidence/ }).check()
    await page.getByLabel('When', { exact: true }).fill('2026-03-20T10:00')
    await page.getByRole('button', { name: 'Import 3 rows' }).click()
    await page.getByText('Say how and where they agreed.').waitFor()
    expect(await used.client.get('/api/imports')).toEqual({ items: [] })
    await page.getByLabel('How and where they agreed').fill('sign-up list at the fair in Hanover, page 3')
    await page.getByRole('button', { name: 'Import 3 rows' }).click()

    await page.getByRole('heading', { name: 'Messe.csv', level: 1 }).waitFor()
    await page.getByRole('button', { name: 'Take the import back' }).waitFor()
    await page.getByText('They agreed to “newsletter”').waitFor()
    const [download] = await Promise.all([
      page.waitForEvent('download'),
      page.getByRole('button', { name: 'Download refused rows' }).click(),
    ])
    expect(download.suggestedFilename()).toBe('Messe.rejected.csv')
    const lines = (await readFile(await download.path(), 'utf8')).split('\r\n')
    expect(lines[0]).toBe('\uFEFFKontakt,Vorname,Nachname,Firma,Ort,Notiz,reason')
    expect(lines.slice(1)).toEqual([
      'gibt es nicht,Niemand,,,,,line 5: This is no email address.',
      ',Ohne,Adresse,,,,line 7: There is no email address.',
      '',
    ])
    await expectAccessible(page)

    await used.client.settle()
    const lead = await used.client.leadByEmail('juergen@example.com')
    const { attributes, consent } = await used.client.get<{ attributes: object; consent: string }>(
      `/api/leads/${lead.leadId}`,
    )
    expect(attributes).toMatchObject({ firstName: 'Jürgen', company: 'Glas; Söhne & Co', city: 'Köln' })
    expect(consent).toBe('granted')

    await page.getByRole('button', { name: 'Take the import back' }).click()
    await page.getByRole('dialog').getByText('Of the 3 new leads').waitFor()
    await page.getByRole('dialog').getByRole('button', { name: 'Take the import back' }).click()
    await page.getByText('Taken back', { exact: true }).first().waitFor()
    await used.client.settle()
    expect((await used.client.get<{ items: [] }>('/api/leads')).items).toEqual([])
    expect(complaints).toEqual([expect.stringContaining('status of 422')])
    expect([...others]).toEqual([])
    await close()
  })

  it('go on where they were broken off, with the same file alone', async () => {
    const plan = { name: 'half.csv', mapping: { Mail: 'email', Firma: 'company' } }
    const begun = await (await used.client.post('/api/imports', plan, 'admin')).json()
    const { importId } = begun as { readonly importId: string }
    const half = [{ line: 2, values: { Mail: 'one@example.com', Firma: 'Eins' } }]
    await used.client.post(`/api/imports/${importId}/rows`, { rows: half }, 'admin')
    await used.client.settle()
    const { page, close } = await open(`/imports/${importId}`)
    await page.getByText('Not every row has come').waitFor()
    await page.getByLabel('File of contacts').setInputFiles(file('other.csv', Buffer.from('A,B\n1,2\n')))
    await page.getByText('This file has other columns.').waitFor()
    const whole = 'Mail,Firma\none@example.com,Eins\ntwo@example.com,Zwei\n'
    await page.getByLabel('File of contacts').setInputFiles(file('half.csv', Buffer.from(whole)))
    await page.getByRole('button', { name: 'Take the import back' }).waitFor()
    expect(await used.client.get(`/api/imports/${importId}`)).toMatchObject({
      rows: 2,
      created: 2,
      state: 'done',
    })
    await close()
  })

  it('say in German, too, what is wrong with a file, before anything is sent', async () => {
    const { page, complaints, close } = await open('/imports/new', { locale: 'en-GB' })
    await page.evaluate("localStorage.setItem('trichter.language', 'de')")
    await page.reload()
    const choose = page.getByLabel('Datei mit Kontakten')
    await choose.setInputFiles(file('quote.csv', Buffer.from('email,name\na@example.com,"Anna\n')))
    await page.getByText('Ein Anführungszeichen wird geöffnet und nie geschlossen').waitFor()
    await choose.setInputFiles(file('twice.csv', Buffer.from('email,Name,Name\na@example.com,A,B\n')))
    await page.getByText('Die Spalte „Name“ kommt mehrmals vor.').waitFor()
    await choose.setInputFiles(file('empty.csv', Buffer.from('')))
    await page.getByText('Die Datei enthält nichts.').waitFor()
    const mailchimp = 'Email Address,First Name,MEMBER_RATING,LEID,EUID\r\nanna@example.com,Anna,2,1,x\r\n'
    await choose.setInputFiles(file('members.csv', Buffer.from(`\uFEFF${mailchimp}`)))
    await page.getByText('ein Export aus Mailchimp').waitFor()
    await page.getByRole('button', { name: '1 Zeile importieren' }).waitFor()
    expect(complaints).toEqual([])
    await close()
  })

  it('are looked through bit by bit, however large the file is', async () => {
    const { page, close } = await open('/imports/new')
    // Whatever the page shows on its way.
    await page.evaluate(
      'window.seen = new Set(); new MutationObserver(() => { const [shown] = document.body.innerText.match(/[\\d,]+ rows looked at so far/) ?? []; if (shown) window.seen.add(shown) }).observe(document.body, { subtree: true, childList: true, characterData: true })',
    )
    const rows = Array.from({ length: 30_000 }, (_, row) => `person${row}@example.com,"Firma ${row}, Köln"`)
    const large = Buffer.from(`email,firma\n${rows.join('\n')}\n`)
    await page.getByLabel('File of contacts').setInputFiles(file('large.csv', large))
    await page.getByRole('button', { name: 'Import 30,000 rows' }).waitFor({ timeout: 60_000 })
    expect(await page.evaluate<number>('window.seen.size')).toBeGreaterThan(2)
    await close()
  })
})
