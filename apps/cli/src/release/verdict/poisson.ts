/** log n!: exact for small numbers, by Stirling's series from there on (error below 1e-12). */
function logFactorial(n: number): number {
  if (n < 20) {
    let product = 1
    for (let factor = 2; factor <= n; factor++) product *= factor
    return Math.log(product)
  }
  return n * Math.log(n) - n + Math.log(2 * Math.PI * n) / 2 + 1 / (12 * n) - 1 / (360 * n ** 3) + 1 / (1260 * n ** 5)
}

/** How likely `least` or more events are where `expected` are expected on average. */
export function poissonTail(least: number, expected: number): number {
  if (least <= 0) return 1
  if (expected <= 0) return 0
  return tail(least, (k) => k * Math.log(expected) - expected - logFactorial(k), expected)
}

/** How likely `least` or more of `trials` succeed when each does with `chance`. */
export function binomialTail(least: number, trials: number, chance: number): number {
  if (least <= 0) return 1
  if (least > trials || chance <= 0) return 0
  if (chance >= 1) return 1
  const log = (k: number) =>
    logFactorial(trials) -
    logFactorial(k) -
    logFactorial(trials - k) +
    k * Math.log(chance) +
    (trials - k) * Math.log(1 - chance)
  return tail(least, log, trials * chance, trials)
}

/** Sums away from the middle, so that the terms fall and the sum may stop when nothing is added any more. */
function tail(least: number, log: (k: number) => number, middle: number, most = Number.POSITIVE_INFINITY): number {
  const upwards = least > middle
  let sum = 0
  for (let k = upwards ? least : least - 1; k >= 0 && k <= most; k += upwards ? 1 : -1) {
    const term = Math.exp(log(k))
    sum += term
    if (term < sum * 1e-12 || term === 0) break
  }
  return Math.min(1, Math.max(0, upwards ? sum : 1 - sum))
}
