import { useQuery } from '@tanstack/preact-query'
import type { Caller, Role } from '../../functions/api/api-request.ts'
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
export const marketers = ['marketing', 'admin'] as const
