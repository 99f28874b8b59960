import { useQuery } from '@tanstack/preact-query'
import type { TeamView } from '../../functions/api/handoff-routes.ts'
import { read } from './api.ts'
import { mayDo, salespeople, useMe } from './me.ts'

/** The teams of sales, for those who may see who has how much. */
export const useTeams = () => {
  const { data: me } = useMe()
  return useQuery({
    queryKey: ['teams'],
    queryFn: ({ signal }) => read<{ items: readonly TeamView[] }>('/api/teams', signal),
    enabled: mayDo(me, salespeople),
  })
}
