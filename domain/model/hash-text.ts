/**
 * A uniform 32-bit hash: FNV-1a, then the finisher of MurmurHash3, as the low bits of FNV alone are poorly distributed. For
 * identification and sharding, not for secrets.
 */
export const hashText = (text: string): number => {
  let hash = 0x811c9dc5
  for (const byte of new TextEncoder().encode(text)) hash = Math.imul(hash ^ byte, 0x01000193)
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b)
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35)
  return (hash ^ (hash >>> 16)) >>> 0
}
