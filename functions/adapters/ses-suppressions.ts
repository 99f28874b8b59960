import {
  DeleteSuppressedDestinationCommand,
  NotFoundException,
  type SESv2Client,
} from '@aws-sdk/client-sesv2'
import type { ProviderSuppressions } from '../erasure-ports.ts'

export const sesSuppressions = (client: SESv2Client): ProviderSuppressions => ({
  remove: async (address) => {
    try {
      await client.send(new DeleteSuppressedDestinationCommand({ EmailAddress: address }))
    } catch (error) {
      if (!(error instanceof NotFoundException)) throw error
    }
  },
})
