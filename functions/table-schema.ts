/** Key names of the one table, shared by its definition in `lib` and the adapters, so that the two cannot drift. */
export const table = {
  partitionKey: 'pk',
  sortKey: 'sk',
  /** Epoch seconds after which DynamoDB may drop the item. */
  timeToLive: 'expiresAt',
  /** Sparse, keys only: items that lists show (leads by stage and score, handoffs by state and time). */
  lists: { name: 'lists', partitionKey: 'listKey', sortKey: 'listRank' },
} as const
