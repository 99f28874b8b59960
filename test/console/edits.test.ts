import { expect, test } from 'vitest'
import {
  changesOf,
  conflictsOf,
  editedFiles,
  textIn,
  withEdit,
  withoutEdit,
} from '../../console/lib/edits.ts'

const files = { 'a.yaml': 'one', 'b.yaml': 'two' }

test('what is typed keeps what stood there, and is gone when it is as it was', () => {
  const typed = withEdit(withEdit({}, files, 'a.yaml', 'uno'), files, 'a.yaml', 'eins')
  expect(typed).toEqual({ 'a.yaml': { original: 'one', text: 'eins' } })
  expect(changesOf(typed, files)).toEqual({ 'a.yaml': 'eins' })
  expect(editedFiles(typed, files)).toEqual({ 'a.yaml': 'eins', 'b.yaml': 'two' })
  expect(withEdit(typed, files, 'a.yaml', 'one')).toEqual({})
  expect(withoutEdit(typed, 'a.yaml')).toEqual({})
})

test('a file is new, or goes', () => {
  const typed = withEdit(withEdit({}, files, 'c.yaml', ''), files, 'b.yaml', null)
  expect(changesOf(typed, files)).toEqual({ 'c.yaml': '', 'b.yaml': null })
  expect(editedFiles(typed, files)).toEqual({ 'a.yaml': 'one', 'c.yaml': '' })
  expect(textIn(files, 'c.yaml')).toBeNull()
})

test('somebody else is in the way only where they changed the same file into something else', () => {
  const typed = withEdit({}, files, 'a.yaml', 'eins')
  expect(conflictsOf(typed, { ...files, 'b.yaml': 'zwei' })).toEqual([])
  expect(conflictsOf(typed, { ...files, 'a.yaml': 'ein' })).toEqual(['a.yaml'])
  expect(conflictsOf(typed, { 'b.yaml': 'two' })).toEqual(['a.yaml'])
  expect(conflictsOf(typed, { ...files, 'a.yaml': 'eins' })).toEqual([])
  expect(changesOf(typed, { ...files, 'a.yaml': 'eins' })).toEqual({})
})
