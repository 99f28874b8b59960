import { isIP } from 'node:net'

/** An address as a number with its width in bits; undefined for text that is no IP address. */
function parseAddress(text: string): { bits: 32 | 128; value: bigint } | undefined {
  switch (isIP(text)) {
    case 4:
      return { bits: 32, value: fromIpv4(text) }
    case 6:
      return { bits: 128, value: fromIpv6(text) }
    default:
      return undefined
  }
}

function fromIpv4(text: string): bigint {
  return text.split('.').reduce((value, part) => (value << 8n) | BigInt(part), 0n)
}

function fromIpv6(text: string): bigint {
  const withoutZone = text.split('%')[0] ?? text
  const dotted = /^(.*:)(\d+\.\d+\.\d+\.\d+)$/.exec(withoutZone)
  const full = dotted ? `${dotted[1]}${ipv4AsGroups(dotted[2] ?? '')}` : withoutZone
  const [head = '', tail] = full.split('::')
  const before = head === '' ? [] : head.split(':')
  const after = tail === undefined || tail === '' ? [] : tail.split(':')
  const groups = [...before, ...Array<string>(8 - before.length - after.length).fill('0'), ...after]
  return groups.reduce((value, group) => (value << 16n) | BigInt(`0x${group}`), 0n)
}

function ipv4AsGroups(text: string): string {
  const value = fromIpv4(text)
  return `${(value >> 16n).toString(16)}:${(value & 0xffffn).toString(16)}`
}

/**
 * Compiles an address block such as `10.0.0.0/8` or `2001:db8::/32` into a test of address texts.
 * Bits of the base address below the mask do not matter. Returns undefined where the block is malformed.
 */
export function compileCidr(block: string): ((address: string) => boolean) | undefined {
  const [base = '', mask, ...rest] = block.split('/')
  const parsed = parseAddress(base)
  if (!parsed || mask === undefined || rest.length > 0 || !/^\d{1,3}$/.test(mask)) return undefined
  if (Number(mask) > parsed.bits) return undefined
  const shift = BigInt(parsed.bits - Number(mask))
  const network = parsed.value >> shift
  return (address) => {
    const candidate = parseAddress(address)
    return candidate !== undefined && candidate.bits === parsed.bits && candidate.value >> shift === network
  }
}

/** Whether an address lies in a block; a single address is a block of one. */
export function isInCidr(address: string, block: string): boolean {
  const whole = block.includes('/') ? block : `${block}/${isIP(block) === 6 ? 128 : 32}`
  return compileCidr(whole)?.(address) ?? false
}
