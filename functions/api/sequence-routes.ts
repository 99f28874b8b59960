import * as z from 'zod/mini'
import { resumeModes } from '../../domain/sequence/sequence-state.ts'
import { type MigrateSequencePorts, makeMigrate, makeUndoMigration } from '../sequences/migrate-sequence.ts'
import { makePreviewMigration, type PreviewMigrationPorts } from '../sequences/preview-migration.ts'
import { makePause, makeResume, type SteerSequencePorts } from '../sequences/steer-sequence.ts'
import type { ApiRequest, ApiResult, ApiRoute } from './api-request.ts'
import { roles } from './caller.ts'
import { type ListSequencesPorts, makeListSequences } from './list-sequences.ts'
import { inputErrors, notOurs, pageQuery, toCursor } from './paging.ts'

export type SequenceRoutePorts = ListSequencesPorts &
  SteerSequencePorts &
  MigrateSequencePorts &
  PreviewMigrationPorts

const marketers = ['marketing', 'admin'] as const

const resumption = z.object({
  due: z.enum(resumeModes, `must say what happens to what fell due: ${resumeModes.join(', ')}`),
})
const migration = z.object({ preview: z.optional(z.boolean('must be true or false')) })
const undoing = z.object({ migration: z.string('must be the id of a migration').check(z.minLength(1)) })

/** Reads the body by `schema` and hands it on. A missing body counts as an empty one. */
const withBody =
  <Body>(
    schema: z.ZodMiniType<Body>,
    answer: (sequence: string, body: Body, request: ApiRequest) => Promise<ApiResult>,
  ) =>
  async (request: ApiRequest): Promise<ApiResult> => {
    const parsed = z.safeParse(schema, request.body ?? {})
    return parsed.success
      ? answer(request.params.id ?? '', parsed.data, request)
      : { type: 'bad-input', errors: inputErrors(parsed.error) }
  }

/** A page of what a migration would come to, by `?limit=` and `?cursor=`. */
const makePreview = (ports: PreviewMigrationPorts) => {
  const preview = makePreviewMigration(ports)
  return async (sequence: string, { query }: ApiRequest): Promise<ApiResult> => {
    const page = pageQuery.safeParse(query)
    if (!page.success) return { type: 'bad-input', errors: inputErrors(page.error) }
    const { limit, cursor } = page.data
    const answer = await preview(sequence, { limit, ...(cursor !== undefined && { cursor }) })
    switch (answer.type) {
      case 'bad-cursor':
        return { type: 'bad-input', errors: [{ path: 'cursor', message: notOurs }] }
      case 'ok': {
        const { next } = answer
        return { type: 'ok', body: { ...answer.body, ...(next !== undefined && { next: toCursor(next) }) } }
      }
      default:
        return answer
    }
  }
}

/** Sequences as the console steers them. */
export const sequenceRoutes = (ports: SequenceRoutePorts): readonly ApiRoute[] => {
  const pause = makePause(ports)
  const resume = makeResume(ports)
  const migrate = makeMigrate(ports)
  const preview = makePreview(ports)
  const undo = makeUndoMigration(ports)
  const path = '/api/sequences'
  return [
    { method: 'GET', path, roles, answer: makeListSequences(ports) },
    {
      method: 'POST',
      path: `${path}/:id/pause`,
      action: 'sequence.paused',
      roles: marketers,
      answer: ({ params }) => pause(params.id ?? ''),
    },
    {
      method: 'POST',
      path: `${path}/:id/resume`,
      action: 'sequence.resumed',
      roles: marketers,
      answer: withBody(resumption, (sequence, { due }) => resume(sequence, due)),
    },
    {
      method: 'POST',
      path: `${path}/:id/migrate`,
      action: 'sequence.migrated',
      roles: marketers,
      answer: withBody(migration, (sequence, { preview: isPreview = false }, request) =>
        isPreview ? preview(sequence, request) : migrate(sequence),
      ),
    },
    {
      method: 'POST',
      path: `${path}/:id/migrate/undo`,
      action: 'sequence.migration-undone',
      roles: marketers,
      answer: withBody(undoing, (sequence, body) => undo(sequence, body.migration)),
    },
  ]
}
