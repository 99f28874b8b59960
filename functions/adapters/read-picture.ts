import { createHash } from 'node:crypto'
import { imageSize } from 'image-size'
import { type Asset, assetName, isAssetType } from '../../domain/model/asset.ts'

/** What is known of a picture by its content. @returns undefined where it is none that emails and pages show. */
export const readPicture = (content: Uint8Array): Omit<Asset, 'file'> | undefined => {
  try {
    const { type, width, height } = imageSize(content)
    if (!isAssetType(type)) return undefined
    const hash = createHash('sha256').update(content).digest('hex')
    return { type, width, height, bytes: content.byteLength, name: assetName(hash, type) }
  } catch {
    return undefined
  }
}
