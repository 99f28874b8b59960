import { useQuery } from '@tanstack/preact-query'
import type { Caller, Role } from '../../functions/api/api-request.ts'
import type { TeamView } from '../../functions/api/handoff-routes.ts'
import { read } from './api.ts'

/** Who is signed in; it changes with nobody's doing, so that it is asked once. */
export const useMe = () =>
  useQuery({
    queryKey: ['me'],
    queryFn: () => read<Caller>('/api/me'),
    staleTime: Number.POSITIVE_INFINITY,
    refetchInterval: false,
  })

export const mayDo = (me: Caller | undefined, roles: readonly Role[]): boolean =>
  me?.roles.some((role) => roles.includes(role)) ?? false

export const salespeople = ['sales', 'admin'] as const
export const admins = ['admin'] as const
export const marketers = ['marketing', 'admin'] as const

/** The teams of sales, for those who may see who has how much. */
export const useTeams = () => {
  const { data: me } = useMe()
  return useQuery({
    queryKey: ['teams'],
    queryFn: ({ signal }) => read<{ items: readonly TeamView[] }>('/api/teams', signal),
    enabled: mayDo(me, salespeople),
  })
}
