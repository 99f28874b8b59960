import { vi } from 'vitest'

export interface Printed {
  /** The exit code; undefined where the command makes no sense of its arguments. */
  readonly status: number | undefined
  readonly stdout: string
  readonly stderr: string
}

/** What a command prints, run in this process: a process of its own would load everything anew. */
export const printed = async (run: () => Promise<number | undefined>): Promise<Printed> => {
  const said = { log: '', error: '' }
  const spies = (['log', 'error'] as const).map((channel) =>
    vi.spyOn(console, channel).mockImplementation((line: string) => {
      said[channel] += `${line}\n`
    }),
  )
  try {
    const status = await run()
    return { status, stdout: said.log, stderr: said.error }
  } finally {
    for (const spy of spies) spy.mockRestore()
  }
}
