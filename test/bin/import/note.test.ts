import { mkdtemp, readdir, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { readNote, removeNote, writeNote } from '../../../bin/import/note.ts'

describe('the note of an import', () => {
  const url = 'http://127.0.0.1:3000'
  let folder: string
  let file: string
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'trichter-note-'))
    file = join(folder, 'contacts.csv')
    await writeFile(file, 'email\nanna@example.com\n')
  })
  afterEach(() => rm(folder, { recursive: true, force: true }))

  const noteAt = async (sentTo: number) => {
    const { size, mtimeMs } = await stat(file)
    return { importId: 'i1', sentTo, size, modified: mtimeMs, url }
  }

  it('says how far the import of this very file into this system came', async () => {
    expect(await readNote(file, url)).toBeUndefined()
    await writeNote(file, await noteAt(500))
    await writeNote(file, await noteAt(1_000))
    expect(await readNote(file, url)).toMatchObject({ importId: 'i1', sentTo: 1_000 })
    expect(await readNote(file, 'https://api.example.com')).toBeUndefined()
    await writeFile(file, 'email\nbela@example.com\nanna@example.com\n')
    expect(await readNote(file, url)).toBeUndefined()
  })

  it('stays as it was where whoever writes the next one is killed', async () => {
    await writeNote(file, await noteAt(500))
    await writeFile(`${file}.import.json.next`, '')
    expect(await readNote(file, url)).toMatchObject({ sentTo: 500 })
    await removeNote(file)
    expect(await readdir(folder)).toEqual(['contacts.csv'])
  })

  it.each(['', '{"importId"', '{"importId":"i1"}'])('stops an import where it reads %j', async (text) => {
    await writeFile(`${file}.import.json`, text)
    await expect(readNote(file, url)).rejects.toThrow('contacts.csv.import.json cannot be read')
  })
})
