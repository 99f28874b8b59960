import { BlockList, isIP } from 'node:net'

const loopback = new BlockList()
loopback.addSubnet('127.0.0.0', 8, 'ipv4')
loopback.addAddress('::1', 'ipv6')

/** Everything that is no place of the public internet (IANA's registries of special-purpose addresses). */
const special = new BlockList()
for (const [net, prefix] of [
  ['0.0.0.0', 8],
  ['10.0.0.0', 8],
  ['100.64.0.0', 10],
  ['127.0.0.0', 8],
  // Link-local: the metadata service of AWS, and what Lambda's own runtime listens on.
  ['169.254.0.0', 16],
  ['172.16.0.0', 12],
  ['192.0.0.0', 24],
  ['192.0.2.0', 24],
  ['192.88.99.0', 24],
  ['192.168.0.0', 16],
  ['198.18.0.0', 15],
  ['198.51.100.0', 24],
  ['203.0.113.0', 24],
  ['224.0.0.0', 4],
  ['240.0.0.0', 4],
] as const)
  special.addSubnet(net, prefix, 'ipv4')

/** Of IPv6 only what is given out: global unicast. In it, what leads to an IPv4 address in disguise, and documentation. */
const globalUnicast = new BlockList()
globalUnicast.addSubnet('2000::', 3, 'ipv6')
const disguised = new BlockList()
for (const [net, prefix] of [
  ['2001::', 23],
  ['2001:db8::', 32],
  ['2002::', 16],
  ['3fff::', 20],
] as const)
  disguised.addSubnet(net, prefix, 'ipv6')

const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i

/** Whether an address (no name) is one that a webhook may be sent to. @param allowLoopback for a machine of somebody's own. */
export const isPublicAddress = (address: string, allowLoopback: boolean): boolean => {
  const [, inside] = mapped.exec(address) ?? []
  if (inside !== undefined) return isPublicAddress(inside, allowLoopback)
  switch (isIP(address)) {
    case 4:
      return (allowLoopback && loopback.check(address, 'ipv4')) || !special.check(address, 'ipv4')
    case 6:
      return (
        (allowLoopback && loopback.check(address, 'ipv6')) ||
        (globalUnicast.check(address, 'ipv6') && !disguised.check(address, 'ipv6'))
      )
    default:
      return false
  }
}

/** Whether an address such as `AWS_ENDPOINT_URL` leads to this very machine: as the local runner has it, and no deployment. */
export const isLoopbackUrl = (source: string | undefined): boolean => {
  const hostname = URL.parse(source ?? '')?.hostname.replace(/^\[|\]$/g, '') ?? ''
  return hostname === 'localhost' || loopback.check(hostname, isIP(hostname) === 6 ? 'ipv6' : 'ipv4')
}
