import type { Fact } from '../activity/activity.ts'
import { type BounceKind, bounceKind } from '../feedback/bounce-kind.ts'
import type { Settings } from '../playbook/settings.ts'
import type { Draft } from './draft.ts'
import type { SuppressionReason } from './lead-state.ts'
import { rememberByName, stateLimits } from './state-limits.ts'

const defaultSoftBounces = { most: 3, per: 14 * 86_400_000 }

const reasons: Readonly<Record<Exclude<BounceKind, 'message' | 'unsubscribed'>, SuppressionReason>> = {
  hard: 'bounced',
  suppressed: 'ses-suppressed',
  soft: 'soft-bounced',
}

/** What became of emails: opens and clicks by email, and addresses that must not be written to again. */
export const takeMailFeedback = (
  draft: Draft,
  fact: Fact,
  now: number,
  settings: Pick<Settings, 'softBounces'>,
): void => {
  const { id, type, occurredAt, properties, member } = fact
  const email =
    typeof properties.email === 'string' && properties.email !== '__proto__' ? properties.email : undefined
  switch (type) {
    case 'email.opened':
      if (email !== undefined) rememberByName(draft.opened, email, occurredAt)
      return
    case 'email.clicked':
      if (email !== undefined) rememberByName(draft.clicked, email, occurredAt)
      return
    case 'email.bounced':
      // What bounced for a merged lead went to another address.
      if (member === undefined) takeBounce(draft, fact, now, settings)
      return
    case 'email.complained':
      if (draft.suppression?.reason !== 'complained')
        draft.suppression = { reason: 'complained', at: occurredAt, factId: id }
      return
  }
}

/**
 * A hard bounce stops all mail at once, soft ones when there are too many within the time that reaches back from the
 * latest. A delivery in between does not make them undone: servers take mail and bounce it later, so that each soft
 * bounce has a delivery before it.
 */
const takeBounce = (
  draft: Draft,
  { id, occurredAt, properties }: Fact,
  now: number,
  { softBounces: { most, per } = defaultSoftBounces }: Pick<Settings, 'softBounces'>,
): void => {
  const kind = bounceKind(properties.bounceType, properties.bounceSubType)
  if (kind === 'message' || kind === 'unsubscribed') return
  if (kind === 'soft')
    draft.softBounces = [...draft.softBounces.filter((time) => time > now - per), now].slice(
      -stateLimits.softBounces,
    )
  if (kind === 'soft' && draft.softBounces.length < most) return
  draft.suppression ??= { reason: reasons[kind], at: occurredAt, factId: id }
}
