import * as z from 'zod/mini'
import { resumeModes } from '../../domain/sequence/sequence-state.ts'
import { type MigrateSequencePorts, makeMigrate, makeUndoMigration } from '../sequences/migrate-sequence.ts'
import { makePause, makeResume, type SteerSequencePorts } from '../sequences/steer-sequence.ts'
import type { ApiRequest, ApiResult, ApiRoute } from './api-request.ts'
import { roles } from './caller.ts'
import { type ListSequencesPorts, makeListSequences } from './list-sequences.ts'
import { inputErrors } from './paging.ts'

export type SequenceRoutePorts = ListSequencesPorts & SteerSequencePorts & MigrateSequencePorts

const marketers = ['marketing', 'admin'] as const

const resumption = z.object({
  due: z.enum(resumeModes, `must say what happens to what fell due: ${resumeModes.join(', ')}`),
})
const migration = z.object({ preview: z.optional(z.boolean('must be true or false')) })
const undoing = z.object({ migration: z.string('must be the id of a migration').check(z.minLength(1)) })

/** Reads the body by `schema` and hands it on. A missing body counts as an empty one. */
const withBody =
  <Body>(schema: z.ZodMiniType<Body>, answer: (sequence: string, body: Body) => Promise<ApiResult>) =>
  async ({ params, body }: ApiRequest): Promise<ApiResult> => {
    const parsed = z.safeParse(schema, body ?? {})
    return parsed.success
      ? answer(params.id ?? '', parsed.data)
      : { type: 'bad-input', errors: inputErrors(parsed.error) }
  }

/** Sequences as the console steers them. */
export const sequenceRoutes = (ports: SequenceRoutePorts): readonly ApiRoute[] => {
  const pause = makePause(ports)
  const resume = makeResume(ports)
  const migrate = makeMigrate(ports)
  const undo = makeUndoMigration(ports)
  const path = '/api/sequences'
  return [
    { method: 'GET', path, roles, answer: makeListSequences(ports) },
    {
      method: 'POST',
      path: `${path}/:id/pause`,
      roles: marketers,
      answer: ({ params }) => pause(params.id ?? ''),
    },
    {
      method: 'POST',
      path: `${path}/:id/resume`,
      roles: marketers,
      answer: withBody(resumption, (sequence, { due }) => resume(sequence, due)),
    },
    {
      method: 'POST',
      path: `${path}/:id/migrate`,
      roles: marketers,
      answer: withBody(migration, (sequence, { preview = false }) => migrate(sequence, preview)),
    },
    {
      method: 'POST',
      path: `${path}/:id/migrate/undo`,
      roles: marketers,
      answer: withBody(undoing, (sequence, body) => undo(sequence, body.migration)),
    },
  ]
}
