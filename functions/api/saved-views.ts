import * as z from 'zod/mini'
import { unlessConflict } from '../retry-conflicts.ts'
import type { SavedViews, View } from '../view-ports.ts'
import type { ApiRequest, ApiResult, Caller, Texts } from './api-request.ts'

interface ViewPorts {
  readonly views: SavedViews
}

const mostViews = 50
const wantedName = 'must be a name of at most 60 characters'
const wantedQuery = 'must be the query of a list, at most 4000 characters'

export const viewsBody = z.object(
  {
    items: z
      .array(
        z.object({
          name: z.string(wantedName).check(z.trim(), z.minLength(1, wantedName), z.maxLength(60, wantedName)),
          query: z.string(wantedQuery).check(z.maxLength(4_000, wantedQuery)),
        }),
      )
      .check(z.maxLength(mostViews, `must be at most ${mostViews}`)),
    version: z.int('must be the version that was read'),
  },
  'must be a JSON object { items, version }',
)

const ownerOf = ({ email, name }: Caller): string => (email ?? name).toLowerCase()

/** Lists of leads that somebody has given a name, as they saw them. Each person has their own. */
export const makeShowViews =
  ({ views }: ViewPorts) =>
  async ({ caller }: ApiRequest): Promise<ApiResult> => {
    const { items, version } = await views.load(ownerOf(caller))
    return { type: 'ok', body: { items, version } }
  }

export const makeSaveViews =
  ({ views }: ViewPorts) =>
  async ({ caller, body }: ApiRequest<Texts, z.infer<typeof viewsBody>>): Promise<ApiResult> => {
    const items: readonly View[] = [...new Map(body.items.map((view) => [view.name, view])).values()]
    const standing = await unlessConflict(views.commit(ownerOf(caller), { items, version: body.version }))
    return standing
      ? { type: 'ok', body: { items: standing.items, version: standing.version } }
      : { type: 'conflict', detail: 'Your views have changed elsewhere meanwhile.' }
  }
