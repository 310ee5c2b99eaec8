import { prettyFactory } from 'pino-pretty'

/** Log lines for a person: time, level and message first. @param write gets whole lines, ends included */
export function textLog(
  write: (text: string) => void,
  { colour }: { readonly colour: boolean }
): (line: string) => void {
  const pretty = prettyFactory({
    colorize: colour,
    translateTime: 'SYS:HH:MM:ss',
    ignore: 'pid,hostname,release,reqId',
    singleLine: true
  })
  return (line) => {
    write(pretty(line))
  }
}
