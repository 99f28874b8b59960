import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { expect, it, vi } from 'vitest'
import { watchFolder } from '../../local/watch-folder.ts'

const newFolder = () => {
  const folder = mkdtempSync(join(tmpdir(), 'watched-'))
  for (const below of ['emails', 'schema']) mkdirSync(join(folder, below))
  return folder
}

const ignored = /^schema(\/|$)/

it('takes up several saves at once, also in a folder below', async () => {
  const folder = newFolder()
  const changed = vi.fn(async () => undefined)
  const watching = watchFolder(folder, ignored, changed)
  for (const name of ['a.yaml', 'emails/b.mjml', 'a.yaml']) writeFileSync(join(folder, name), name)
  await vi.waitFor(() => expect(changed).toHaveBeenCalledOnce(), 10_000)
  await sleep(600)
  expect(changed).toHaveBeenCalledOnce()
  watching.close()
  writeFileSync(join(folder, 'a.yaml'), 'later')
  await sleep(600)
  expect(changed).toHaveBeenCalledOnce()
})

it('takes no notice of what is ignored', async () => {
  const folder = newFolder()
  const saved: string[] = []
  const watching = watchFolder(folder, ignored, async () => {
    saved.push('saved')
  })
  writeFileSync(join(folder, 'schema/form.json'), '{}')
  await sleep(600)
  expect(saved).toEqual([])
  writeFileSync(join(folder, 'schema.yaml'), 'x')
  await vi.waitFor(() => expect(saved).toEqual(['saved']), 10_000)
  watching.close()
})

it('takes up what is saved meanwhile afterwards, never two at a time, and goes on after a failure', async () => {
  const folder = newFolder()
  let [calls, open, most] = [0, 0, 0]
  const watching = watchFolder(folder, ignored, async () => {
    calls += 1
    open += 1
    most = Math.max(most, open)
    if (calls === 1) writeFileSync(join(folder, 'a.yaml'), 'meanwhile')
    await sleep(800)
    open -= 1
    if (calls === 1) throw new Error('not valid yet')
  })
  writeFileSync(join(folder, 'a.yaml'), 'first')
  await vi.waitFor(() => expect(calls).toBe(2), 10_000)
  expect(most).toBe(1)
  watching.close()
})
