/** A picture of the playbook. The playbook's files hold a line about it; the picture itself is kept by its name. */
export interface Asset {
  /** `assets/logo.png`. */
  readonly file: string
  readonly type: AssetType
  /** In pixels. */
  readonly width: number
  readonly height: number
  readonly bytes: number
  /** By its content, so that it can be kept by browsers for ever: `<32 hexadecimal digits>.png`. */
  readonly name: string
}

const types = { png: 'image/png', jpg: 'image/jpeg', gif: 'image/gif', webp: 'image/webp' } as const

export type AssetType = keyof typeof types

export const isAssetType = (type: string | undefined): type is AssetType =>
  type !== undefined && Object.hasOwn(types, type)

/** An item of the table holds 400 KB, and a reader on the road waits for no more. */
export const largestAsset = 300_000

/** Where pictures are served, with a slash at the end. */
export const assetsAt = (publicUrl: string): string => `${publicUrl}/assets/`

const nameShape = /^[0-9a-f]{32}\.(png|jpg|gif|webp)$/

/** @returns the media type; undefined where it is no picture's name. */
export const mediaTypeOfAsset = (name: string): string | undefined => {
  const type = nameShape.exec(name)?.[1]
  return isAssetType(type) ? types[type] : undefined
}

/** Names of the pictures that an email shows. */
export const assetNamesIn = (html: string): readonly string[] => [
  ...new Set(
    [...html.matchAll(/\/assets\/([0-9a-f]{32}\.(?:png|jpg|gif|webp))/g)].map(([, name = '']) => name),
  ),
]

/** @param hash SHA-256 of the picture, in hex. */
export const assetName = (hash: string, type: AssetType): string => `${hash.slice(0, 32)}.${type}`

/** What stands for the picture among the playbook's files. */
export const writeAsset = ({ type, width, height, bytes, name }: Omit<Asset, 'file'>): string =>
  `${types[type]} ${width}x${height} ${bytes} bytes ${name}\n`

const line = /^image\/[a-z]+ (\d{1,6})x(\d{1,6}) (\d{1,9}) bytes ([0-9a-f]{32}\.(png|jpg|gif|webp))\s*$/

/** @returns undefined where `text` does not stand for a picture. */
export const readAsset = (file: string, text: string): Asset | undefined => {
  const [, width, height, bytes, name = '', type] = line.exec(text) ?? []
  return isAssetType(type)
    ? { file, type, width: Number(width), height: Number(height), bytes: Number(bytes), name }
    : undefined
}
