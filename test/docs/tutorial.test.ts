import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { pitfalls, shellBlocks } from './tutorial.ts'

const blocks = shellBlocks(readFileSync('docs/tutorial.md', 'utf8'))

describe('what the tutorial has pasted into a shell', () => {
  it('is six steps and the helpers', () => expect(blocks).toHaveLength(7))

  it.each(blocks)('%# has nothing that a shell trips over', (block) => {
    expect(pitfalls(block)).toEqual([])
  })

  it('pitfalls are seen', () => {
    expect(pitfalls("echo a # a salesperson's time")).toEqual(['a comment', 'a lone apostrophe'])
    expect(pitfalls('curl $app/f?lang=de | grep a')).toEqual(['a pattern without quotes', 'needs grep'])
    expect(pitfalls(`curl "$app/f?lang=de" -d '{"a":["b"]}'`)).toEqual([])
  })
})
