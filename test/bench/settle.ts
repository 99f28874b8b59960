import type { Client } from '../story/client.ts'

/** Waits until nothing is in flight. One request may take five minutes; what is left then is waited for by the next one. */
export const settle = async (client: Client): Promise<void> => {
  for (;;) {
    const { status } = await client.raw('/_local/settle?timeout=280', { method: 'POST' })
    if (status === 200) return
    if (status !== 504) throw new Error(`settling was answered ${status}`)
  }
}
