/** Coefficients of W. H. Press et al., Numerical Recipes, erfc: the relative error is below 1.2e-7 everywhere. */
const coefficients = [
  -1.26551223, 1.00002368, 0.37409196, 0.09678418, -0.18628806, 0.27886807, -1.13520398, 1.48851587,
  -0.82215223, 0.17087277,
]

/** How likely a standard normal variable is to lie at least as far from zero as `z`, on either side. */
export const twoSided = (z: number): number => {
  const x = Math.abs(z) / Math.SQRT2
  const t = 1 / (1 + x / 2)
  const polynomial = coefficients.reduceRight((sum, coefficient) => sum * t + coefficient, 0)
  return Math.min(1, t * Math.exp(-x * x + polynomial))
}

/** The quantile for a two-sided 95 %. */
export const z95 = 1.959963984540054
/** The quantile for a power of 80 %. */
export const z80 = 0.8416212335729143
