import type { HookDay, HookFigures } from '../hook-ports.ts'
import type { Clock, Playbooks } from '../ports.ts'
import type { ApiResult } from './api-request.ts'

export interface ListFormsPorts {
  readonly playbooks: Pick<Playbooks, 'current'>
  readonly formFigures: Pick<HookFigures, 'since'>
  readonly clock: Clock
  /** Where the forms stand, without a slash at the end. */
  readonly publicUrl: string
}

const shownDays = 30
const day = 86_400_000

const sumOf = (days: readonly HookDay[], name: string): number =>
  days.reduce((sum, { counts }) => sum + (counts[name] ?? 0), 0)

/** The forms of the live playbook: where each stands, what puts it into a site, and what came of it in the last 30 days (UTC). */
export const makeListForms =
  ({ playbooks, formFigures, clock, publicUrl }: ListFormsPorts) =>
  async (): Promise<ApiResult> => {
    const { forms } = await playbooks.current()
    const from = new Date(Date.parse(clock()) - (shownDays - 1) * day).toISOString().slice(0, 10)
    const items = await Promise.all(
      Object.values(forms).map(async ({ id, title, languages, consent, purpose, activity, origins }) => {
        const days = await formFigures.since(id, from)
        const address = `${publicUrl}/f/${encodeURIComponent(id)}`
        return {
          form: id,
          title,
          languages,
          consent,
          purpose: purpose ?? null,
          activity: activity ?? null,
          address,
          // In the language of the visitor; `?lang=` behind `.js` sets it.
          embed: `<script src="${address}.js" async></script>`,
          origins,
          submissions: sumOf(days, 'submissions'),
          confirmations: sumOf(days, 'confirmations'),
        }
      }),
    )
    return { type: 'ok', body: { items } }
  }
