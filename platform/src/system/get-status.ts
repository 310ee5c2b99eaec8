import { inSteps, type Steps } from '../module/module.ts'
import type { Status } from './contract.ts'
import { type StatusFacts, statusOf } from './status.ts'

/** Health of the whole installation; answered also while most of it is away. */
export const getStatus = ({ statusFacts }: { readonly statusFacts: () => Promise<StatusFacts> }) =>
  inSteps(async ({ now }: Steps<unknown>, _: object): Promise<Status> => statusOf(await statusFacts(), now))
