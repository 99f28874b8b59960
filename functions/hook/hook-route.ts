import { asSendable } from '../../domain/activity/unsendable.ts'
import type { CompiledHook } from '../../domain/hook/compile-hook.ts'
import type { Verification } from '../../domain/hook/hook.ts'
import { claimOf } from '../../domain/hook/signed-claim.ts'
import type { Json } from '../../domain/json.ts'
import type { HookSecrets, ProveClaim } from '../hook-ports.ts'
import { problemReply } from '../http/problem.ts'
import type { Refusal } from '../http/refusal.ts'
import { jsonReply, type Reply } from '../http/reply.ts'
import { type HttpRequest, mediaTypeOf } from '../http/request.ts'
import { makeReceiveDelivery, type ReceiveDeliveryPorts } from './receive-delivery.ts'

/** A hundred events of HubSpot have about 40 KB. */
const maxBytes = 256 * 1024

export interface HookRoutePorts extends ReceiveDeliveryPorts {
  readonly hooks: ReadonlyMap<string, CompiledHook>
  readonly secretsOf: HookSecrets
  readonly proves: ProveClaim
  /** Counts a delivery that was turned away, within bounds: anybody may send one. */
  readonly turnedAway: (source: string, why: string) => Promise<void>
  /** What hook addresses begin with, without a slash at the end. */
  readonly publicUrl: string
}

/** What the sender is to do better, as RFC 9110 asks of every 401. */
const challengeOf = ({ scheme }: Verification): string =>
  scheme === 'basic' ? 'Basic realm="hooks"' : 'Signature'

const readJson = (body: Uint8Array): Json | undefined => {
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(body), asSendable)
  } catch {
    return undefined
  }
}

/** `POST /hooks/{source}`. Nothing is read out of a body before it is known who sent it. */
export const makeHookRoute = (ports: HookRoutePorts) => {
  const { hooks, secretsOf, proves, turnedAway, clock, publicUrl } = ports
  const receive = makeReceiveDelivery(ports)

  const refuse = async (source: string, why: string, refusal: Refusal): Promise<Reply> => {
    await turnedAway(source, why)
    return problemReply(refusal)
  }

  return async (request: HttpRequest): Promise<Reply> => {
    if (request.method !== 'POST') return problemReply({ type: 'method-not-allowed', allow: ['POST'] })
    const source = request.params.source ?? ''
    const hook = hooks.get(source)
    if (hook === undefined)
      return problemReply({ type: 'not-found', detail: 'The playbook has no hook of this name.' })
    if (request.body.byteLength > maxBytes)
      return refuse(source, 'too large', { type: 'too-large', limit: maxBytes })
    const { verify } = hook.hook
    const url = `${publicUrl}${request.path}`
    const claim = claimOf(verify, { ...request, url }, clock())
    const unproven = (why: string, detail: string) =>
      refuse(source, why, { type: 'unproven', detail, challenge: challengeOf(verify) })
    if (claim.type === 'unproven')
      return claim.reason === 'stale timestamp'
        ? unproven(claim.reason, 'The timestamp is more than five minutes off.')
        : unproven(claim.reason, `There is no signature as ${verify.scheme} has it.`)
    const secrets = await secretsOf(source)
    // Whoever sends it learns nothing of what is set up here; the people of the company do, by the hook's figures.
    const wrong = 'The signature is not right.'
    if (secrets.length === 0) {
      const isTooShort = await secretsOf.isTooShort?.(source)
      return unproven(isTooShort ? 'secret too short (at least 8 characters)' : 'no secret set', wrong)
    }
    if (!proves(claim, secrets)) return unproven('wrong signature', wrong)
    if (mediaTypeOf(request) !== 'application/json')
      return refuse(source, 'not JSON', { type: 'unsupported-media-type', accepted: ['application/json'] })
    const body = readJson(request.body)
    if (body === undefined)
      return refuse(source, 'not JSON', { type: 'malformed', detail: 'The body is not JSON in UTF-8.' })
    const result = await receive(hook, body)
    switch (result.type) {
      case 'delivered':
        return jsonReply(202, result.delivered)
      case 'refused':
        return problemReply({ type: 'bad-input', errors: result.errors })
      default:
        return result satisfies never
    }
  }
}
