/** Key names of the one table, shared by its definition in `lib` and the adapters, so that the two cannot drift. */
export const table = {
  partitionKey: 'pk',
  sortKey: 'sk',
  /** Epoch seconds after which DynamoDB may drop the item. */
  timeToLive: 'expiresAt',
  /** Sparse, keys only: items that lists show (leads by stage and score, handoffs by state and time). */
  lists: { name: 'lists', partitionKey: 'listKey', sortKey: 'listRank' },
} as const

/** Partition keys. With `*` they are the patterns that permissions name (`dynamodb:LeadingKeys`). */
export const partitions = {
  /** All that goes when a lead is erased. */
  lead: (leadId: string) => `L#${leadId}`,
  address: (hash: string) => `E#${hash}`,
  browser: (visitorId: string) => `V#${visitorId}`,
  suppression: (hash: string) => `SUPPRESSED#${hash}`,
  team: (team: string) => `TEAM#${team}`,
  account: (hash: string) => `ACCOUNT#${hash}`,
  sequence: (sequence: string) => `SEQUENCE#${sequence}`,
  runCounts: (sequence: string) => `COUNTS#RUNS#${sequence}`,
  /** @param part a sequence and a slot of its counters. */
  emailFigures: (part: string) => `FIGURES#${part}`,
  sending: 'SENDING',
  sendingShard: (shard: number | '*') => `SENDING#${shard}`,
  quotas: 'ASKED',
  mailbox: (hash: string) => `ASKED#${hash}`,
  /** What programs outside tell: a source's figures, and its deals. What they are told has another key, `sorts.delivery`. */
  hook: (source: string) => `HOOK#${source}`,
  hookDeal: (source: string, dealId: string) => `HOOK#${source}#${dealId}`,
  form: (form: string) => `FORM#${form}`,
  endpoint: (endpoint: string) => `WEBHOOK#${endpoint}`,
  audit: (month: string) => `AUDIT#${month}`,
  rescoring: 'RESCORE',
  /** An import, its rows until they are taken, and what became of them. */
  import: (importId: string) => `IMPORT#${importId}`,
  broadcast: (broadcastId: string) => `BROADCAST#${broadcastId}`,
  /** Who gets it. */
  audience: (broadcastId: string, lane: number) => `AUDIENCE#${broadcastId}#${lane}`,
  /** Counting everybody that a condition holds for. */
  count: (key: string) => `COUNT#${key}`,
  /** What somebody who signs in has saved for themselves. */
  views: (hash: string) => `VIEWS#${hash}`,
  calibration: 'CALIBRATION',
  /** Where the rows of figures stand. */
  rows: 'ROWS',
  costs: 'COSTS',
  playbooks: 'PLAYBOOK',
  playbook: (version: string) => `PLAYBOOK#${version}`,
} as const

/** Sort keys of a lead's partition, or what they begin with. */
export const sorts = {
  lead: 'LEAD',
  fact: 'A#',
  firstTime: 'I#',
  checkpoint: 'CHECK#',
  run: 'RUN#',
  handoff: 'HANDOFF#',
  /** That the lead has deals which are open, won or lost. */
  deals: 'DEALS#',
  /** That a handoff stands in its owner's list. */
  owned: 'OWNED#',
  send: 'SEND#',
  /** When a send was claimed. */
  mailed: 'MAILED#',
  caps: 'CAPS',
  review: 'RETAIN',
  /** What a program outside is told: no key of a hook, which is what it tells. */
  delivery: 'HOOK#',
  /** Where the lead stands among all people, by name, by time, and under the words that it is found by. */
  listed: 'LISTED#',
} as const

/** What the names of objects begin with: rows, and for Athena the list of those that count. */
export const objects = { rows: 'rows/', manifests: 'current/' } as const

const shardName = (shard: number): string => String(shard).padStart(2, '0')

/** What the names of all objects of a shard begin with. */
export const shardPrefix = (shard: number): string => `${objects.rows}${shardName(shard)}/`

export const manifestOf = (shard: number): string => `${objects.manifests}${shardName(shard)}`

/** @param version that the shard's pointer has once it names the object. */
export const objectName = (shard: number, version: number, id: string): string =>
  `${shardPrefix(shard)}${version}-${id}.parquet`

/** The version in a name of `objectName`. */
export const versionIn = (name: string): number => Number.parseInt(name.slice(name.lastIndexOf('/') + 1), 10)
