import { join } from 'node:path'
import { inFile, simulatedTarget } from './simulated-target.ts'

/** For `--target`: an installation that is nothing but `<root>/world.json`. */
export const openTarget = (root: string) => simulatedTarget(inFile(join(root, 'world.json')))
