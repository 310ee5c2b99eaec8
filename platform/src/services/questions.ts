import type { FastifyInstance } from 'fastify'
import type { Operation } from '../contract/contract.ts'
import { defineError } from '../errors.ts'
import { trailOfQuestion } from '../http/seen.ts'
import { serializerOf } from '../http/serializer.ts'
import type { Runtime } from '../module/runtime.ts'
import type { Seals } from './seal.ts'

/** Where services ask each other; nothing in front of an installation leads there. */
export const questionPath = (module: string, operation: string): string => `/internal/${module}/${operation}`

const LARGEST_QUESTION = 32 * 1024 * 1024

const QuestionUnknown = defineError(
  'service.question-unknown',
  'not-found',
  (module: string, operation: string) =>
    `This service has no ${module}.${operation}. During a release the other side may be newer: it is asked again.`
)

/** Answers what other services of the installation ask the modules of this one. */
export function answerQuestions(app: FastifyInstance, runtime: Runtime, seals: Seals): void {
  const writers = new WeakMap<Operation, (answer: unknown) => string>()
  const writerOf = (operation: Operation) => {
    const writer = writers.get(operation) ?? serializerOf(operation.output)
    writers.set(operation, writer)
    return writer
  }
  app.register(async (scope) => {
    scope.removeAllContentTypeParsers()
    scope.addContentTypeParser('application/json', { parseAs: 'string' }, (_request, body, done) => done(null, body))
    scope.post<{ Params: { module: string; operation: string }; Body: string }>(
      questionPath(':module', ':operation'),
      { bodyLimit: LARGEST_QUESTION, schema: { hide: true } },
      async (request, reply) => {
        const { params, body, method, url } = request
        const { caller, request: facts } = seals.open({ method, url, body }, request.headers)
        const module = runtime.modules.find(({ contract }) => contract.module === params.module)
        const operation = module?.contract.operations[params.operation]
        if (!module || !operation) throw QuestionUnknown(params.module, params.operation)
        const input: unknown = JSON.parse(body)
        const trail = trailOfQuestion(runtime.database.replicas, request, reply)
        const answer = await runtime.ask(module, params.operation, { caller, request: facts, trail }, input)
        return reply.type('application/json').send(writerOf(operation)(answer))
      }
    )
  })
}
