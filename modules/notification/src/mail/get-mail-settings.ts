import type { MailTransport } from './mail-transport.ts'

/** Whether mail leaves this installation, and in whose name. */
export const getMailSettings =
  ({ transport, from }: { readonly transport: MailTransport; readonly from: string }) =>
  async () => ({ transport: transport.kind, from })
