/**
 * Which of `ways` a run takes at the split `name`: the same one each time it is asked, evenly spread over runs.
 * FNV-1a, then the finisher of MurmurHash3, as FNV alone spreads its low bits badly.
 */
export const splitWay = (runId: string, name: string, ways: number): number => {
  let hash = 0x811c9dc5
  for (const byte of new TextEncoder().encode(`${runId}\u0000${name}`))
    hash = Math.imul(hash ^ byte, 0x01000193)
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b)
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35)
  return ((hash ^ (hash >>> 16)) >>> 0) % ways
}
