/** A place in what is gone through lane by lane: behind what the cursor names in its lane, or at the lane's begin. */
export interface LanePlace {
  readonly lane: number
  readonly cursor?: string | undefined
}

export const placeText = ({ lane, cursor = '' }: LanePlace): string => `${lane}#${cursor}`

/** @returns undefined for what is no place. */
export const placeIn = (text = '0#', lanes: number): LanePlace | undefined => {
  const [, lane, cursor] = /^(\d)#(.*)$/s.exec(text) ?? []
  if (lane === undefined || Number(lane) >= lanes) return undefined
  return cursor === '' ? { lane: Number(lane) } : { lane: Number(lane), cursor }
}
