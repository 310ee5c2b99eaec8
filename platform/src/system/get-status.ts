import { inSteps, type Steps } from '../module/module.ts'
import type { Status, StatusHistory } from './contract.ts'
import type { StatusHistoryKeeper } from './keep-status-history.ts'
import { type StatusFacts, statusOf } from './status.ts'

/** Health of the whole installation; answered also while most of it is away. */
export const getStatus = ({ statusFacts }: { readonly statusFacts: () => Promise<StatusFacts> }) =>
  inSteps(async ({ now }: Steps<unknown>, _: object): Promise<Status> => statusOf(await statusFacts(), now))

/** How it did in the last 24 hours. */
export const getStatusHistory = ({ statusHistory }: { readonly statusHistory: Pick<StatusHistoryKeeper, 'read'> }) =>
  inSteps((_: Steps<unknown>, __: object): Promise<StatusHistory> => statusHistory.read())
