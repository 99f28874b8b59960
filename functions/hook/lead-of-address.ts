import type { LeadId } from '../../domain/lead/lead-id.ts'
import type { Leads } from '../ports.ts'

/** The lead of an address, as recording finds it: whichever of the two asks first, both get the same. */
export const leadOfAddress =
  ({ identify }: Pick<Leads, 'identify'>) =>
  async (email: string): Promise<LeadId> => {
    const found = await identify({ email })
    if (!found) throw new Error('an address always has a lead')
    return found.leadId
  }
