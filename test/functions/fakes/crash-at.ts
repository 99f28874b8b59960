/** The process died: whatever was going on is lost, what ports have stored stays. */
export class Crash extends Error {
  override readonly name = 'Crash'
}

export interface CrashPlan {
  /** Which call of a wrapped port dies, counted from 0 over all of them. */
  readonly call: number
  /** Whether that call still did its work. */
  readonly done: boolean
}

/**
 * A process that dies by plan: wrap its ports, whose methods must all be asynchronous. From the call that dies on, every
 * call does.
 */
export const crashAt = (plan: CrashPlan): (<Port extends object>(port: Port) => Port) => {
  let calls = 0
  return (port) =>
    new Proxy(port, {
      get: (target, name) => {
        const method: unknown = Reflect.get(target, name)
        if (typeof method !== 'function') return method
        return async (...given: readonly unknown[]): Promise<unknown> => {
          const call = calls++
          if (call > plan.call || (call === plan.call && !plan.done)) throw new Crash()
          const result: unknown = await Reflect.apply(method, target, given)
          if (call === plan.call) throw new Crash()
          return result
        }
      },
    })
}
