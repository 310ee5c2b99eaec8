import { BUDGET_KB, firstLoads } from './first-load.ts'

/** Prints what a first visit loads, file by file. Fails when the JavaScript of a screen exceeds its budget. */
for (const { screen, scriptKb, styleKb, files } of firstLoads(new URL('../dist/', import.meta.url))) {
  console.log(`${screen}: ${scriptKb.toFixed(1)} kB of JavaScript, ${styleKb.toFixed(1)} kB of CSS`)
  for (const { file, kb } of files) console.log(`  ${kb.toFixed(1).padStart(6)}  ${file}`)
  if (scriptKb > BUDGET_KB) {
    console.error(`${screen} is over its budget of ${BUDGET_KB} kB: load something later.`)
    process.exitCode = 1
  }
}
