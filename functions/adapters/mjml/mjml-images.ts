import { withoutHidden } from './markup-tokens.ts'

const images = /<(mj-image|mj-carousel-image|img)\b((?:[^<>"']|"[^"]*"|'[^']*')*)>/g

/** Places of images that say nothing to those who do not see them; `alt=""` is said on purpose. */
export const imagesWithoutAlt = (
  mjml: string,
): readonly { readonly message: string; readonly offset: number }[] =>
  [...withoutHidden(mjml).matchAll(images)]
    .filter(([, , attributes = '']) => !/\salt\s*=/.test(attributes))
    .map(({ 1: tag, index }) => ({
      message: `<${tag}> has no alt text: most inboxes block images at first (alt="" for mere decoration)`,
      offset: index,
    }))
