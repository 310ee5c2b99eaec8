import { parser } from '@prometheus-io/lezer-promql'

/** Names of the metrics that an expression asks for. @throws Error where it is no PromQL */
export function metricsIn(expression: string): string[] {
  const text = expression.replaceAll('$__rate_interval', '5m').replaceAll('$service', '.*')
  const names: string[] = []
  parser.parse(text).iterate({
    enter: ({ type, node, from, to }) => {
      if (type.isError) throw new Error(`Not PromQL at ${from}: ${text}`)
      if (type.name === 'Identifier' && node.parent?.type.name === 'VectorSelector') names.push(text.slice(from, to))
    }
  })
  return [...new Set(names)]
}
