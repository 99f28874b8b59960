import { rm } from 'node:fs/promises'
import { afterAll, beforeAll, expect } from 'vitest'
import { type Client, makeClient } from './client.ts'
import { startTrichter, type Trichter } from './trichter.ts'

interface StoryOptions {
  /** A playbook in place of the shipped one. @returns its folder, which is removed at the end. */
  readonly playbook?: () => Promise<string>
  readonly options?: readonly string[]
  /** What cannot be handled is a part of the story. @default - it is a failure */
  readonly endsWithDeadLetters?: boolean
}

/** Runs Trichter for the tests around the call, from before the first until after the last of them. @returns a client of it. */
export const useStory = ({
  playbook,
  options = [],
  endsWithDeadLetters = false,
}: StoryOptions = {}): Client => {
  let folder: string | undefined
  let running: Trichter | undefined
  const client = makeClient(() => {
    if (!running) throw new Error('Trichter runs from before the first test on')
    return running.url
  })
  beforeAll(async () => {
    folder = await playbook?.()
    running = await startTrichter(['--memory', ...(folder ? ['--playbook', folder] : []), ...options])
  })
  afterAll(async () => {
    try {
      if (running && !endsWithDeadLetters) expect(await client.deadLetters()).toEqual([])
    } finally {
      const code = await running?.stop()
      if (folder) await rm(folder, { recursive: true })
      expect(code).toBe(0)
    }
  })
  return client
}
