import { keepPreviousData, useInfiniteQuery, useQuery } from '@tanstack/preact-query'
import type { Cost } from '../../../domain/cost/usage.ts'
import type { SenderCheck } from '../../../domain/deliverability/sender-checks.ts'
import type { viewEndpoint } from '../../../functions/api/views.ts'
import type { AuditEntry } from '../../../functions/audit-ports.ts'
import type { HookView } from '../../../functions/hook/hook-routes.ts'
import type { Member, MemberRole, WaitingLetters } from '../../../functions/settings-ports.ts'
import { change, queries, read, withQuery } from '../../lib/api.ts'
import { language, loadTranslate } from '../../lib/texts.ts'

export type { AuditEntry, Cost, Member, MemberRole, SenderCheck, WaitingLetters }
export type WebhookRow = ReturnType<typeof viewEndpoint> &
  Readonly<Record<'pending' | 'delivered' | 'failed', number>>

interface List<Item> {
  readonly items: readonly Item[]
}

const useList = <Item>(name: string, path: string) =>
  useQuery({
    queryKey: ['settings', name],
    queryFn: ({ signal }) => read<List<Item>>(path, signal),
  })

/** SES and DNS are asked: not every few seconds. */
export const useChecks = () =>
  useQuery({
    queryKey: ['settings', 'checks'],
    queryFn: ({ signal }) =>
      read<List<SenderCheck> & { readonly sender: string }>(
        withQuery('/api/settings/checks', { language }),
        signal,
      ),
    refetchInterval: false,
    refetchOnWindowFocus: false,
  })

export const useApiKeys = () =>
  useList<{ readonly name: string; readonly ends: string }>('keys', '/api/settings/keys')
export const useMembers = () => useList<Member>('members', '/api/settings/members')
export const useWebhooks = () => useList<WebhookRow>('webhooks', '/api/webhooks')

/** Reasons with how often they were given; before some stands the field that each is about. */
type Reasons = HookView['refusedBecause']

const translated = (reasons: Reasons, translate: (message: string) => string): Reasons =>
  Object.fromEntries(
    Object.entries(reasons).map(([reason, count]) => {
      const [, field = '', message = reason] = /^([\w.]+: )(.*)$/s.exec(reason) ?? []
      return [`${field}${translate(message)}`, count]
    }),
  )

export const useHooks = () =>
  useQuery({
    queryKey: ['settings', 'hooks'],
    queryFn: async ({ signal }) => {
      const { items } = await read<List<HookView>>('/api/hooks', signal)
      const translate = await loadTranslate()
      const told = items.map((hook) => ({
        ...hook,
        refusedBecause: translated(hook.refusedBecause, translate),
        rejectedBecause: translated(hook.rejectedBecause, translate),
        warnedBecause: translated(hook.warnedBecause, translate),
      }))
      return { items: told }
    },
  })

export const useDeadLetters = () => useList<WaitingLetters>('dead-letters', '/api/settings/dead-letters')

const look = (name: string): void => void queries.invalidateQueries({ queryKey: ['settings', name] })

const changing = async <Answer>(name: string, answer: Promise<Answer>): Promise<Answer> => {
  const given = await answer
  look(name)
  return given
}

export const makeKey = (name: string) =>
  changing(
    'keys',
    change<{ readonly name: string; readonly key: string }>('POST', '/api/settings/keys', { name }),
  )

export const revokeKey = (name: string) =>
  changing('keys', change('DELETE', `/api/settings/keys/${encodeURIComponent(name)}`))

export const invite = (email: string, roles: readonly MemberRole[]) =>
  changing('members', change('POST', '/api/settings/members', { email, roles }))

export const giveRoles = (id: string, roles: readonly MemberRole[]) =>
  changing('members', change('PUT', `/api/settings/members/${encodeURIComponent(id)}`, { roles }))

export const setEnabled = (id: string, isEnabled: boolean) =>
  changing(
    'members',
    change('POST', `/api/settings/members/${encodeURIComponent(id)}/${isEnabled ? 'enable' : 'disable'}`, {}),
  )

export const enableWebhook = (id: string) =>
  changing('webhooks', change('POST', `/api/webhooks/${encodeURIComponent(id)}/enable`, {}))

export interface AuditFilters {
  readonly actor?: string | undefined
  readonly action?: string | undefined
  readonly target?: string | undefined
  readonly from?: string | undefined
}

export const useAudit = (filters: AuditFilters) =>
  useInfiniteQuery({
    queryKey: ['settings', 'audit', filters],
    queryFn: ({ pageParam, signal }) =>
      read<List<AuditEntry> & { readonly next?: string }>(
        withQuery('/api/audit', { ...filters, limit: 50, cursor: pageParam }),
        signal,
      ),
    placeholderData: keepPreviousData,
    initialPageParam: undefined as string | undefined,
    getNextPageParam: ({ next }) => next,
  })

/** How often (ms) figures are asked for: they are fresh within two minutes. */
const figuresMs = 20_000

export const useCost = (from: string, to: string) =>
  useQuery({
    queryKey: ['settings', 'cost', from, to],
    queryFn: ({ signal }) => read<Cost>(withQuery('/api/cost', { from, to }), signal),
    placeholderData: keepPreviousData,
    refetchInterval: figuresMs,
  })
