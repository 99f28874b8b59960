import { Resolver } from 'node:dns/promises'
import {
  GetAccountCommand,
  GetEmailIdentityCommand,
  type GetEmailIdentityCommandOutput,
  NotFoundException,
  type SESv2Client,
} from '@aws-sdk/client-sesv2'
import type { SenderIdentity } from '../../domain/deliverability/sender-checks.ts'
import type { ReadTexts, SenderService } from '../settings-ports.ts'

const dkimStatus = ({ DkimAttributes }: GetEmailIdentityCommandOutput): SenderIdentity['dkim']['status'] => {
  if (!DkimAttributes?.SigningEnabled) return 'off'
  return DkimAttributes.Status === 'SUCCESS' ? 'success' : 'pending'
}

const identityOf = (name: string, output: GetEmailIdentityCommandOutput): SenderIdentity => {
  const mailFrom = output.MailFromAttributes?.MailFromDomain
  return {
    name,
    isVerified: output.VerifiedForSendingStatus === true,
    dkim: { status: dkimStatus(output), tokens: output.DkimAttributes?.Tokens ?? [] },
    ...(mailFrom && { mailFrom }),
  }
}

/** What the account's SES says of itself. What it refuses or does not answer is not known. */
export const sesAccount = (client: SESv2Client): SenderService => {
  const identity = async (name: string): Promise<SenderIdentity | 'absent'> => {
    try {
      return identityOf(name, await client.send(new GetEmailIdentityCommand({ EmailIdentity: name })))
    } catch (error) {
      if (error instanceof NotFoundException) return 'absent'
      throw error
    }
  }
  return {
    identity: async (address) => {
      try {
        const ofDomain = await identity(address.slice(address.lastIndexOf('@') + 1))
        return ofDomain === 'absent' ? await identity(address) : ofDomain
      } catch {
        return undefined
      }
    },
    account: async () => {
      try {
        const answer = await client.send(new GetAccountCommand({}))
        const {
          Max24HourSend: most = -1,
          MaxSendRate: perSecond,
          SentLast24Hours: sent = 0,
        } = answer.SendQuota ?? {}
        return {
          isOpen: answer.ProductionAccessEnabled === true,
          maySend: answer.SendingEnabled === true,
          sent,
          // -1: SES sets no limit.
          ...(most >= 0 && { most }),
          ...(perSecond !== undefined && { perSecond }),
        }
      } catch {
        return undefined
      }
    },
  }
}

/** Milliseconds, and how often a server is asked: somebody waits for the page. */
const patience = { timeout: 1_000, tries: 2 }
const none = new Set(['ENOTFOUND', 'ENODATA'])

const codeOf = (error: unknown): unknown =>
  typeof error === 'object' && error !== null && 'code' in error ? error.code : undefined

/** Asked of the machine's own DNS servers. A record in several strings is one text (RFC 7208, 3.3). */
export const dnsTexts = (): ReadTexts => {
  const resolver = new Resolver(patience)
  return async (name) => {
    try {
      return (await resolver.resolveTxt(name)).map((parts) => parts.join(''))
    } catch (error) {
      return none.has(String(codeOf(error))) ? [] : undefined
    }
  }
}
