import { expect, it } from 'vitest'
import { followRecipe } from './recipe.ts'

const pages = [
  'add-a-metric',
  'add-a-route',
  'add-a-scoring-option',
  'add-a-step-kind',
  'add-an-event',
] as const

// One compilation of everything serves all of them; what each of them lacks is looked for in the tests of its own page.
it('what all pages add compiles, one beside the other', () => {
  const recipe = followRecipe(...pages)
  try {
    expect(recipe.compile()).toEqual({ status: 0, output: '' })
  } finally {
    recipe.remove()
  }
})
