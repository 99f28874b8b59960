import type { Draft } from '../lead/draft.ts'
import type { Rules } from '../playbook/rules.ts'
import { worthAt } from './meter.ts'

/** What all awards are worth at `now` (ms). @param sinceRecycle leaves out what was awarded before the lead was last recycled. */
export const engagementAt = (
  { meters }: Pick<Draft, 'meters'>,
  rules: Rules,
  now: number,
  sinceRecycle: boolean,
): number => {
  let sum = 0
  for (let index = 0; index < meters.length; index += 1) {
    const meter = meters[index]
    if (!meter) continue
    const halfLife = rules.engagement[index]?.halfLife
    sum += worthAt(meter, halfLife, now)
    if (sinceRecycle && meter.earlier) sum -= worthAt(meter.earlier, halfLife, now)
  }
  return sum
}
