/**
 * An intrinsic as text without hashes: `{Ref: 'LeadsTable11ECD07C'}` → `<LeadsTable>`, `GetAtt` → `<LeadsTable.Arn>`,
 * imports by what they import, joins joined.
 */
export const plainText = (value: unknown): string => {
  if (typeof value === 'string') return value
  if (!isRecord(value)) throw new Error(`not a text: ${JSON.stringify(value)}`)
  const { Ref, 'Fn::GetAtt': attribute, 'Fn::ImportValue': imported, 'Fn::Join': join } = value
  if (typeof Ref === 'string') return `<${withoutHash(Ref)}>`
  if (Array.isArray(attribute)) return `<${withoutHash(String(attribute[0]))}.${attribute[1]}>`
  if (typeof imported === 'string') return importedText(imported)
  if (Array.isArray(join) && Array.isArray(join[1])) return join[1].map(plainText).join(String(join[0]))
  throw new Error(`not a text: ${JSON.stringify(value)}`)
}

export const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

export const asList = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : [value])

const withoutHash = (logicalId: string): string =>
  logicalId.startsWith('AWS::') ? logicalId : logicalId.replace(/[0-9A-F]{8}$/, '')

const importedText = (name: string): string => {
  const found = /:ExportsOutput(?:Ref|FnGetAtt)(.+?)[0-9A-F]{8}(Arn)?[0-9A-F]{8}$/.exec(name)
  if (!found) throw new Error(`not a CDK export: ${name}`)
  return `<${found[1]}${found[2] ? `.${found[2]}` : ''}>`
}
