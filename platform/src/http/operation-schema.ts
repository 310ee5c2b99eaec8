import type { TSchema } from 'typebox'
import { type Operation, pathParams } from '../contract/contract.ts'
import { Problem } from '../contract/schema.ts'

interface ObjectSchema {
  readonly properties?: Readonly<Record<string, unknown>>
  readonly required?: readonly string[]
}

/** Splits an operation's one input into path, query and body; unknown fields of the outermost object are dropped. */
export function operationSchema(operation: Operation) {
  const named = pathParams(operation.path)
  const inPath = pick(operation.input, (field) => named.includes(field))
  const rest = pick(operation.input, (field) => !named.includes(field))
  const inQuery = operation.method === 'GET' || operation.method === 'DELETE'
  return {
    summary: operation.summary,
    ...(named.length > 0 ? { params: inPath } : {}),
    ...(inQuery ? (Object.keys(rest.properties).length > 0 ? { querystring: rest } : {}) : { body: rest }),
    response: { [operation.status ?? 200]: operation.output, default: Problem }
  }
}

function pick(input: TSchema, wanted: (field: string) => boolean) {
  const { properties = {}, required = [] }: ObjectSchema = input
  return {
    type: 'object',
    properties: Object.fromEntries(Object.entries(properties).filter(([field]) => wanted(field))),
    required: required.filter(wanted),
    additionalProperties: false
  }
}
